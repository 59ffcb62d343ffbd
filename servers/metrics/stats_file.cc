#include "servers/metrics/stats_file.h"

#include <utility>

#include "alloc/counters.h"
#include "servers/metrics/json_object.h"
#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {

StatsFile::StatsFile(const std::string& file, ProgramInfo program, Sampler& sampler)
    : program_(std::move(program)), sampler_(sampler) {
  if (!file.empty()) file_ = logs::LineFile("--stats-file", file);
}

void StatsFile::write() {
  if (!file_.is_open()) return;
  const Snapshot now = sampler_.since_start();
  JsonObject json;
  json.text("router", program_.router).text("version", DUEL_VERSION).text("allocator", alloc::allocator_name());
  json.number("threads", program_.threads);
  for (const Metric& metric : metrics_table()) {
    if ((metric.pages & kStatsFile) == 0) continue;
    json.raw(metric.key, metric.is_known(program_.calls_counted()) ? text_of(value_of(metric, now)) : "null");
  }
  file_.append(json.str() + "\n");
}

}  // namespace duel::servers::metrics
