#pragma once

#include <cstdint>
#include <string>

namespace duel::http::core {

// A listening TCP socket. A shared one has SO_REUSEPORT: each worker has its own listener on the same port, and the
// kernel distributes connections among them. Accepted sockets inherit TCP_NODELAY.
class Listener {
 public:
  // Throws PortInUse, or StartError if `host` is not an address of this machine or the port is not permitted.
  Listener(const std::string& host, uint16_t port, bool shared);
  ~Listener() { close(); }
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;

  int descriptor() const { return descriptor_; }
  uint16_t port() const;  // the port that the kernel chose, if 0 was given
  void close();

  // From now on the kernel drops the first packet of every new handshake; handshakes that are under way complete. A
  // client whose packet was dropped tries again after a second, and then finds the port closed or the next server on
  // it. close() alone would reset clients that have connected and are not accepted yet.
  void refuse_new_handshakes() const;
  // For a socket that was accepted after refuse_new_handshakes(): it inherits the means of the refusal.
  static void accept_all_hops(int socket);

  // Whether a client waits to be accepted.
  bool client_waits() const;

  // Accepts one waiting client. Returns a descriptor or a negative errno; -EAGAIN if no client waits.
  int accept_waiting() const;

 private:
  int descriptor_ = -1;
};

// Throws PortInUse if another socket listens on the port, and StartError as a Listener does. With SO_REUSEPORT alone, a
// second server of the same user would share the port without an error. Retries for up to a second, because the kernel
// takes a moment to release the port of a server that was killed.
void require_free_port(const std::string& host, uint16_t port);
// Whether a socket listens on that port at this moment.
bool port_in_use(const std::string& host, uint16_t port);

}  // namespace duel::http::core
