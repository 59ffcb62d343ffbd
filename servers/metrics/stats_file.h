#pragma once

#include <chrono>

#include "http/server.h"
#include "servers/config/options.h"
#include "servers/logs/access_log.h"
#include "servers/logs/line_file.h"

namespace duel::servers::metrics {

// Counters of the process as lines of JSON in a file, one for each write(): all since the start, so that the difference
// of two lines describes the time between them. Names and units are in README.md.
class StatsFile {
 public:
  // Opens for appending; throws http::StartError if that cannot be done. Without a name, or with an interval
  // (stats_series.h), every write() does nothing.
  StatsFile(const config::Options& options, const logs::AccessLog& log);

  void write(const http::Counters& counters);

 private:
  const config::Options& options_;
  const logs::AccessLog& log_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  logs::LineFile file_;
};

}  // namespace duel::servers::metrics
