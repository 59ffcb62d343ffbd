// For handlers, programs and the core.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
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

// Reads a numeric address; a link-local one needs its zone, the name or number of a network interface: "fe80::1%eth0".
// The mapped form of an IPv4 address, ::ffff:127.0.0.1, gives an IPv4 address. Returns nothing if `text` is not a
// numeric address, or if this machine has no such interface.
std::optional<SocketAddress> make_socket_address(std::string_view text, uint16_t port);

// Writes the one spelling of an address (grammar::write_address()), with its zone if it has one, and returns a view of
// it. Leaves out a zone that does not fit. `size` is that of `to` in bytes: grammar::kAddressTextBytes, and at least
// INET6_ADDRSTRLEN. Empty if the address is of another family.
std::string_view write_socket_address(const sockaddr_storage& address, char* to, size_t size);

// The address as the host of a URL: IPv6 in brackets (RFC 3986 §3.2.2), with %25 before a zone (RFC 6874 §2).
std::string url_host(std::string_view address);

}  // namespace duel::http
