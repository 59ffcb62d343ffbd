#include "http/core/listener.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <thread>
#include <utility>

#include "http/address.h"
#include "http/grammar/address.h"
#include "http/start_error.h"

namespace duel::http::core {
namespace {

constexpr int kBacklog = 4096;  // for bursts between two loop iterations; the kernel caps it at net.core.somaxconn

SocketAddress address_of(const std::string& host, uint16_t port) {
  const auto address = make_socket_address(host == "localhost" ? "127.0.0.1" : host, port);
  if (!address) {
    const bool lacks_interface = grammar::parse_scoped_address(host).has_value();
    throw StartError("'" + host + "' is not an address to listen on: " +
                         (lacks_interface ? "behind %, name a network interface of this machine"
                                          : "use a numeric address such as 127.0.0.1, 0.0.0.0 or ::1"),
                     StartOption::kHost);
  }
  return *address;
}

[[noreturn]] void refuse(int error, const std::string& host, uint16_t port) {
  const std::string where = host + " port " + std::to_string(port);
  switch (error) {
    case EADDRINUSE:
      throw PortInUse(where + " is in use by another server: stop that server or choose another port");
    case EACCES:
      throw StartError(where + " is privileged: choose port 1024 or higher, or give the program CAP_NET_BIND_SERVICE",
                       StartOption::kPort);
    case EADDRNOTAVAIL:
      throw StartError("cannot listen on " + where + ": " + host + " is not an address of this machine; choose another",
                       StartOption::kHost);
    case EINVAL:
      throw StartError("cannot listen on " + where +
                           ": use an address of this machine; a link-local one needs its network interface, such as "
                           "fe80::1%eth0",
                       StartOption::kHost);
    case EAFNOSUPPORT:
      throw StartError("cannot listen on " + where + ": this machine has no IPv6; use an IPv4 address such as 0.0.0.0",
                       StartOption::kHost);
    case EMFILE:
    case ENFILE:
      throw StartError("cannot listen on " + where +
                       ": no descriptor is left, raise the limit of open files (ulimit -n)");
    default:
      throw StartError("cannot listen on " + where + ": " + std::strerror(error));
  }
}

void enable(int socket, int level, int option) {
  const int on = 1;
  setsockopt(socket, level, option, &on, sizeof on);
}

// Returns a descriptor or a negative errno.
int try_listen(const SocketAddress& address, bool shared) {
  const int descriptor = socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -errno;
  enable(descriptor, SOL_SOCKET, SO_REUSEADDR);
  if (shared) enable(descriptor, SOL_SOCKET, SO_REUSEPORT);
  enable(descriptor, IPPROTO_TCP, TCP_NODELAY);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
      listen(descriptor, kBacklog) == 0) {
    return descriptor;
  }
  const int error = errno;
  close(descriptor);
  return -error;
}

// The kernel drops packets to this socket that have fewer hops to live. Before it looks at this, it completes the
// handshakes that are under way.
void require_hops_to_live(int socket, int hops) {
  setsockopt(socket, IPPROTO_IP, IP_MINTTL, &hops, sizeof hops);
  setsockopt(socket, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &hops, sizeof hops);
}

int listen_on(const std::string& host, uint16_t port, bool shared) {
  const int descriptor = try_listen(address_of(host, port), shared);
  if (descriptor < 0) refuse(-descriptor, host, port);
  return descriptor;
}

}  // namespace

Listener::Listener(const std::string& host, uint16_t port, bool shared) : descriptor_(listen_on(host, port, shared)) {}

Listener::Listener(Listener&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

uint16_t Listener::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

void Listener::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Listener::refuse_new_handshakes() const {
  constexpr uint32_t kFlagsOffset = offsetof(tcphdr, th_flags);
  sock_filter drops_syn[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlagsOffset),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TH_SYN, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
  };
  const sock_fprog program{.len = std::size(drops_syn), .filter = drops_syn};
  if (setsockopt(descriptor_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return;
  // Newer kernels ask for CAP_NET_ADMIN. Without it, the listener accepts only packets that have 255 hops to live.
  // Those of Linux, macOS and Windows begin with 64 or 128.
  require_hops_to_live(descriptor_, 255);
}

void Listener::accept_all_hops(int socket) {
  require_hops_to_live(socket, 0);
}

bool Listener::client_waits() const {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  return descriptor_ >= 0 && ::poll(&waiting, 1, 0) == 1;
}

int Listener::accept_waiting() const {
  if (!client_waits()) return -EAGAIN;
  const int socket = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
  return socket >= 0 ? socket : -errno;
}

void require_free_port(const std::string& host, uint16_t port) {
  if (port == 0) return;
  constexpr int kLooks = 50;
  constexpr auto kPause = std::chrono::milliseconds(20);
  const SocketAddress address = address_of(host, port);
  int descriptor = try_listen(address, false);
  for (int look = 1; descriptor == -EADDRINUSE && look < kLooks; ++look) {
    std::this_thread::sleep_for(kPause);
    descriptor = try_listen(address, false);
  }
  if (descriptor < 0) refuse(-descriptor, host, port);
  close(descriptor);
}

bool port_in_use(const std::string& host, uint16_t port) {
  const int descriptor = try_listen(address_of(host, port), false);
  if (descriptor >= 0) close(descriptor);
  return descriptor == -EADDRINUSE;
}

}  // namespace duel::http::core
