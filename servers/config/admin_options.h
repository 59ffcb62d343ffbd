#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

struct AdminOptions {
  bool on = true;
  std::string host = "127.0.0.1";
  uint16_t port = 6060;         // 6060 as in the examples of Go's net/http/pprof; 0: no admin port
  bool any_port = false;        // take a free port and ignore `port`
  bool port_is_default = true;  // no source has set `port`: if it is in use, take a free one

  bool wanted() const { return on && (any_port || port != 0); }
};

}  // namespace duel::servers::config
