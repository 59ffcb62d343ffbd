#include "bench/load/address.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "bench/load/start_failure.h"

namespace duel::load {
namespace {

// Returns 0 or an errno.
int try_connect(const addrinfo& entry, int timeout_ms) {
  const int descriptor = socket(entry.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return errno;
  int error = connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    pollfd writable{.fd = descriptor, .events = POLLOUT, .revents = 0};
    socklen_t size = sizeof error;
    if (poll(&writable, 1, timeout_ms) != 1) {
      error = ETIMEDOUT;
    } else if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
      error = errno;
    }
  }
  close(descriptor);
  return error;
}

}  // namespace

Address reach(const Url& url, int timeout_ms) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  if (failed != 0) {
    throw StartFailure(fmt::format("the host {} has no address ({}): correct the URL", url.host, gai_strerror(failed)));
  }
  int error = 0;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    error = try_connect(*entry, timeout_ms);
    if (error != 0) continue;
    Address address;
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    return address;
  }
  throw StartFailure(fmt::format("{} does not accept connections ({}): start the server, or correct the URL",
                                 url.authority, std::strerror(error)));
}

}  // namespace duel::load
