#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

struct AdminOptions {
  bool on = true;
  std::string host = "127.0.0.1";
  uint16_t port = 6060;         // that of Go's net/http/pprof; 0: no admin port
  bool any_port = false;        // a free one, whatever `port` says
  bool port_is_default = true;  // nobody has asked for it, so a free one does as well

  bool wanted() const { return on && (any_port || port != 0); }
};

}  // namespace duel::servers::config
