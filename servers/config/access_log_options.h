#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "http/grammar/address.h"

namespace duel::servers::config {

struct AccessLogOptions {
  bool on = false;
  bool async = false;
  std::string file;  // lines are appended to it; empty: standard output
  // If the peer is one of them, the line has the address that it reports (http/client_address.h).
  std::vector<http::grammar::Network> proxies{};
  uint64_t queue_bytes = 1024 * 1024;
};

}  // namespace duel::servers::config
