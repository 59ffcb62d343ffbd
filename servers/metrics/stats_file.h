#pragma once

#include <string>

#include "servers/logs/line_file.h"
#include "servers/metrics/program_info.h"
#include "servers/metrics/sampler.h"

namespace duel::servers::metrics {

// Appends the numbers of the process to a file, as one line of JSON per write(). Counters start with the process, so
// that the difference of two lines describes the time between them. docs/metrics.md lists names and units.
class StatsFile {
 public:
  // Opens `file` for appending; throws http::StartError if that fails. If `file` is empty, write() does nothing.
  // `sampler` must outlive this object.
  StatsFile(const std::string& file, ProgramInfo program, Sampler& sampler);

  void write();

 private:
  ProgramInfo program_;
  Sampler& sampler_;
  logs::LineFile file_;
};

}  // namespace duel::servers::metrics
