#pragma once

#include <chrono>
#include <string>

#include "servers/logs/line_file.h"
#include "servers/metrics/program_info.h"
#include "servers/metrics/sampler.h"

namespace duel::servers::metrics {

// Appends the numbers that the article collects every five seconds to a file, as lines of CSV. An empty file first gets
// a line with the names of the columns. Counters start with the process. The article's num_gc and pause_total_ns have
// no equivalent, because there is no garbage collector here; purge_calls and purge_total_ns are the closest numbers,
// but a purge stops one thread, not all. docs/metrics.md lists the columns.
class StatsSeries {
 public:
  // Opens `file` for appending; throws http::StartError if that fails. If `file` is empty, nothing is ever written.
  // `interval` is positive. `sampler` must outlive this object.
  StatsSeries(const std::string& file, std::chrono::milliseconds interval, const ProgramInfo& program,
              Sampler& sampler);

  void write();      // writes a line now
  void write_due();  // writes a line if `interval` has passed since the last line was due

 private:
  Sampler& sampler_;
  std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point due_;
  bool calls_counted_;
  logs::LineFile file_;
  uint64_t last_requests_ = 0;
  uint64_t last_faults_ = 0;
  uint64_t last_uptime_ms_ = 0;
};

}  // namespace duel::servers::metrics
