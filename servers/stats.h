#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "http/server.h"
#include "servers/access_log.h"
#include "servers/options.h"

namespace duel::servers {

// Appends; throws http::StartError if that cannot be done.
std::FILE* open_stats_file(const std::string& name);

// Counters of the process as lines of JSON in a file, one for each write(): all since the start, so that the difference
// of two lines describes the time between them. Names and units are in README.md.
class StatsFile {
 public:
  // Opens for appending; throws http::StartError if that cannot be done. Without a name, or with an interval
  // (stats_series.h), every write() does nothing.
  StatsFile(const Options& options, const AccessLog& log);
  ~StatsFile();
  StatsFile(const StatsFile&) = delete;
  StatsFile& operator=(const StatsFile&) = delete;

  void write(const http::Counters& counters);

 private:
  const Options& options_;
  const AccessLog& log_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::FILE* file_ = nullptr;
};

}  // namespace duel::servers
