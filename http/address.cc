#include "http/address.h"

#include <netinet/in.h>

#include <algorithm>

#include "http/grammar/address.h"

namespace duel::http {

bool is_address(std::string_view text) {
  return grammar::parse_address(text).has_value();
}

bool is_ipv6_address(std::string_view text) {
  return text.find(':') != std::string_view::npos && is_address(text);
}

std::optional<SocketAddress> make_socket_address(std::string_view text, uint16_t port) {
  const auto parsed = grammar::parse_address(text);
  if (!parsed) return std::nullopt;
  SocketAddress address;
  if (is_ipv6_address(text)) {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::ranges::copy(parsed->bytes, v6->sin6_addr.s6_addr);
    address.size = sizeof *v6;
  } else {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    std::copy_n(parsed->bytes.end() - sizeof v4->sin_addr, sizeof v4->sin_addr,
                reinterpret_cast<uint8_t*>(&v4->sin_addr));
    address.size = sizeof *v4;
  }
  return address;
}

}  // namespace duel::http
