// For the program and the transport.
#pragma once

#include <sys/socket.h>

#include <string>

#include "bench/load/values.h"

namespace duel::load {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

// The first address of the host that accepts a connection; the connection is closed again. Waits at most
// `timeout_ms` per address. Throws StartFailure.
Address reach(const Url& url, int timeout_ms);

}  // namespace duel::load
