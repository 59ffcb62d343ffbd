#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

struct AccessLogOptions {
  bool on = false;
  bool async = false;
  std::string file;  // lines are appended to it; empty: standard output
  uint64_t queue_bytes = 1024 * 1024;
};

}  // namespace duel::servers::config
