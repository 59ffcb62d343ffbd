#pragma once

#include <cstdint>
#include <string>

namespace duel::http::core {

// A listening TCP socket. Shared, it has SO_REUSEPORT: each worker has one of its own on the same port, and the kernel
// spreads connections over them. Accepted sockets inherit TCP_NODELAY.
class Listener {
 public:
  // Throws PortInUse, or StartError: not an address, not permitted, not an address of this machine.
  Listener(const std::string& host, uint16_t port, bool shared);
  ~Listener() { close(); }
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  int descriptor() const { return descriptor_; }
  uint16_t port() const;  // the one bound, if 0 was asked for
  void close();

  // From now on the kernel drops the first packet of every handshake, so that nobody new connects; handshakes that are
  // under way come to their end. A client that was dropped tries again after a second, and finds this port closed or
  // another server on it. close() alone would reset those that have connected and are not accepted yet.
  void admit_nobody_new() const;

  bool somebody_waits() const;  // to be accepted

  // One connection that waits to be accepted; a negative errno if it cannot be, -EAGAIN if there is none.
  int accept_waiting() const;

 private:
  int descriptor_ = -1;
};

// Throws PortInUse if anybody listens on the port: SO_REUSEPORT would let a second server of the same user in
// silently; StartError as a Listener. Looks again for up to a second, as the kernel takes a moment to clear up behind a
// server that was killed.
void require_free_port(const std::string& host, uint16_t port);
// Whether somebody listens there at this moment.
bool port_in_use(const std::string& host, uint16_t port);

}  // namespace duel::http::core
