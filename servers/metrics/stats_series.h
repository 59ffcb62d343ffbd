#pragma once

#include <chrono>

#include "servers/config/options.h"
#include "servers/logs/line_file.h"
#include "servers/metrics/sampler.h"

namespace duel::servers::metrics {

// What the article collects every five seconds, as lines of CSV with a head (in a file that is empty). Counters are
// those since the start of the process. Where the article has num_gc and pause_total_ns stand purge_calls and
// purge_total_ns: there is no garbage collector here, and a purge stops one thread, not the world. The columns are in
// README.md.
class StatsSeries {
 public:
  // Appends to options.stats_file; throws http::StartError. Without an interval, every write() does nothing.
  StatsSeries(const config::Options& options, Sampler& sampler);

  void write();      // a line, now
  void write_due();  // a line if it is time for one

 private:
  Sampler& sampler_;
  std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point due_;
  bool calls_counted_;
  logs::LineFile file_;
  uint64_t last_requests_ = 0;
  uint64_t last_faults_ = 0;
  std::chrono::milliseconds last_uptime_{0};
};

}  // namespace duel::servers::metrics
