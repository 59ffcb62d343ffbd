// For handlers, programs and the core.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace duel::http {

// Whether `text` is a numeric IPv4 or IPv6 address such as "127.0.0.1" or "::1", without brackets and port. A name,
// "localhost" included, is not.
bool is_address(std::string_view text);
bool is_ipv6_address(std::string_view text);

// A socket address, as bind(2) expects it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

// Empty if `text` is not a numeric address.
std::optional<SocketAddress> make_socket_address(std::string_view text, uint16_t port);

}  // namespace duel::http
