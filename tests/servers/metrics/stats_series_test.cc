#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/server_process.h"
#include "tests/servers/run_server.h"

namespace duel::e2e {
namespace {

using ::testing::HasSubstr;

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> all;
  std::string cell;
  std::istringstream text(line + ",");
  while (std::getline(text, cell, ',')) all.push_back(cell);
  return all;
}

std::vector<Row> rows_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = cells(line);
    EXPECT_EQ(values.size(), names.size()) << line;
    Row row;
    for (size_t i = 0; i < names.size(); ++i) row[names[i]] = values.at(i);
    rows.push_back(row);
  }
  return rows;
}

TEST(StatsSeries, HasALineForEachInterval) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "series.csv";
  ServerProcess server("gin", {"--stats-interval=1s", "--stats-file=" + path.string()});
  Client client(server.port());
  EXPECT_TRUE(
      eventually([&] { return rows_of(path).size() >= 2; }, [&] { EXPECT_EQ(client.get("/ping").status(), 200); }));
  EXPECT_EQ(client.get("/nowhere").status(), 404);
  EXPECT_EQ(server.stop(), 0);
  const std::vector<Row> rows = rows_of(path);
  ASSERT_GE(rows.size(), 3U) << "one per second, and one at the end";
  const Row& last = rows.back();
  EXPECT_EQ(last.at("responses_4xx"), "1");
  EXPECT_EQ(std::stoull(last.at("requests")), std::stoull(last.at("responses_2xx")) + 1);
  EXPECT_EQ(last.at("connections"), "1");
  EXPECT_EQ(last.at("allocations"), "") << "not counted without --count-allocations";
  EXPECT_GT(std::stod(rows[1].at("requests_per_s")), 0);
  EXPECT_GE(std::stod(rows[1].at("minor_faults_per_request")), 0);
  for (const char* name : {"rss_bytes", "pss_bytes", "anonymous_bytes", "virtual_bytes", "longest_stall_ns"}) {
    EXPECT_GT(std::stoull(last.at(name)), 0U) << name;
  }
  for (const char* name : {"purge_calls", "purge_total_ns", "purge_longest_ns", "minor_faults", "lock_waits",
                           "rss_mb_per_min", "virtual_mb_per_min"}) {
    EXPECT_NE(last.at(name), "") << name;
  }
  EXPECT_FALSE(last.contains("num_gc")) << "there is no garbage collector";
  EXPECT_LT(std::stoll(rows[0].at("timestamp_ms")), std::stoll(rows[1].at("timestamp_ms")));
}

TEST(StatsSeries, HasOneLineOfNamesInAFileOfTwoRuns) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory.path() / "series.csv";
  for (int run = 0; run < 2; ++run) {
    ServerProcess server("gin", {"--stats-interval=1h", "--stats-file=" + path.string()});
    EXPECT_EQ(server.stop(), 0);
  }
  const std::vector<Row> rows = rows_of(path);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].at("requests"), "0");
}

TEST(StatsSeries, HasALineForASignal) {
  ServerProcess server("gin", {"--stats-interval=1h"});
  server.snapshot();  // reads the line of names, which an empty file gets; a pipe is treated as empty
  EXPECT_EQ(server.stop(), 0);
}

TEST(StatsSeries, RequiresAFileAndAnInterval) {
  expect_refusal(run({"--port=0", "--stats-interval=5s"}), "--stats-file");
  for (const char* value : {"0.5s", "10ms", "-1", "often"}) {
    expect_refusal(run({"--port=0", "--stats-file=/dev/null", std::string("--stats-interval=") + value}),
                   "--stats-interval = '" + std::string(value) + "'");
  }
}

}  // namespace
}  // namespace duel::e2e
