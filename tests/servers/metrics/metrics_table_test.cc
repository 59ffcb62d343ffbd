#include "servers/metrics/metrics_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/servers/metrics/metrics_doc.h"

namespace duel::servers::metrics {
namespace {

TEST(MetricsTable, HasEachKeyOnce) {
  std::set<std::string_view> keys;
  for (const Metric& metric : metrics_table()) {
    EXPECT_TRUE(metric.key.empty() || keys.insert(metric.key).second) << metric.key;
  }
}

TEST(MetricsTable, RowsOfAFamilyAreNeighboursAndAgree) {
  std::map<std::string_view, const Metric*> last;
  const Metric* before = nullptr;
  for (const Metric& metric : metrics_table()) {
    if (!metric.family.empty() && last.contains(metric.family)) {
      EXPECT_EQ(before->family, metric.family);
      EXPECT_EQ(before->help, metric.help);
      EXPECT_EQ(before->kind, metric.kind);
    }
    last[metric.family] = before = &metric;
  }
}

TEST(MetricsTable, EachRowHasANameAndAPageAndHelp) {
  for (const Metric& metric : metrics_table()) {
    EXPECT_FALSE(metric.key.empty() && metric.family.empty());
    EXPECT_EQ(metric.key.empty(), metric.pages == 0) << metric.key << metric.family;
    EXPECT_TRUE(metric.help.ends_with(".")) << metric.key << metric.family;
  }
}

TEST(MetricsTable, ReadsTheWholeProcess) {
  Snapshot now;
  now.workers.resize(2);
  now.workers[0].requests = 5;
  now.workers[0].responses_4xx = 1;
  now.workers[1].requests = 7;
  now.process.lock_waits = 3;
  now.kernel_calls.resize(2);
  now.kernel_calls[0].times[0].calls = 4;
  now.kernel_calls[1].times[0].calls = 6;
  now.kernel_calls[1].times[1].calls = 100;  // a call of mmap
  now.memory.now.rss = 9;
  now.memory.rss_bytes_per_s = 0.5;
  now.uptime_ms = 11;
  const std::map<std::string_view, Value> expected = {{"requests", uint64_t{12}},  {"responses_2xx", uint64_t{11}},
                                                      {"lock_waits", uint64_t{3}}, {"purge_calls", uint64_t{10}},
                                                      {"rss_bytes", uint64_t{9}},  {"rss_bytes_per_s", 0.5},
                                                      {"uptime_ms", uint64_t{11}}};
  for (const auto& [key, value] : expected) EXPECT_EQ(value_of(metric_of_key(key), now), value) << key;
  EXPECT_THROW(value_of(metric_of_key("timestamp_ms"), now), std::logic_error);
  EXPECT_THROW(metric_of_key("num_gc"), std::logic_error);
}

TEST(MetricsSnapshot, SinceSubtractsCountersAndKeepsLevels) {
  Snapshot before;
  before.workers.resize(1);
  before.workers[0].requests = 5;
  before.workers[0].latency.counts[3] = 5;
  before.process.purge_passes = 2;
  before.process.heap_allocated_bytes = 1000;
  before.kernel_calls.resize(1);
  before.kernel_calls[0].times[2] = {.calls = 3, .total_ns = 30, .longest_ns = 20};
  before.pools.push_back({.name = "contexts", .hits = 8, .misses = 1});
  before.access_log_dropped = 4;
  Snapshot now = before;
  now.workers[0].requests = 9;
  now.workers[0].latency.counts[3] = 9;
  now.process.purge_passes = 5;
  now.process.heap_allocated_bytes = 700;
  now.kernel_calls[0].times[2] = {.calls = 4, .total_ns = 35, .longest_ns = 20};
  now.kernel_calls.push_back({.thread = "later", .times = {{.calls = 1, .total_ns = 2, .longest_ns = 2}, {}, {}}});
  now.pools[0].hits = 10;
  now.access_log_dropped = 6;
  const Snapshot difference = since(now, before);
  EXPECT_EQ(difference.workers[0].requests, 4U);
  EXPECT_EQ(difference.latency().counts[3], 4U);
  EXPECT_EQ(difference.process.purge_passes, 3U);
  EXPECT_EQ(difference.process.heap_allocated_bytes, 700U) << "a level";
  EXPECT_EQ(difference.kernel_calls[0].times[2].calls, 1U);
  EXPECT_EQ(difference.kernel_calls[0].times[2].total_ns, 5U);
  EXPECT_EQ(difference.kernel_calls[0].times[2].longest_ns, 20U) << "a maximum since the start";
  EXPECT_EQ(difference.kernel_calls[1].times[0].calls, 1U) << "a thread that did not exist before";
  EXPECT_EQ(difference.pools[0].hits, 2U);
  EXPECT_EQ(difference.pools[0].misses, 0U);
  EXPECT_EQ(difference.access_log_dropped, 2U);
}

TEST(MetricsDoc, IsUpToDate) {
  std::ifstream file(DUEL_METRICS_DOC);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == metrics_doc()) << "docs/metrics.md is stale; renew it with: tools/docs";
}

}  // namespace
}  // namespace duel::servers::metrics
