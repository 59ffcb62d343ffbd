#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace duel::http {
namespace {

// inet_pton(3) of a text that need not end in NUL. `to` is an in_addr or an in6_addr.
bool parse(int family, std::string_view text, void* to) {
  char copy[INET6_ADDRSTRLEN];
  if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) return false;
  *std::copy(text.begin(), text.end(), copy) = '\0';
  return inet_pton(family, copy, to) == 1;
}

}  // namespace

bool is_address(std::string_view text) {
  return parse_address(text, 0).has_value();
}

bool is_ipv6_address(std::string_view text) {
  in6_addr address{};
  return parse(AF_INET6, text, &address);
}

std::optional<SocketAddress> parse_address(std::string_view text, uint16_t port) {
  SocketAddress address;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (parse(AF_INET, text, &v4->sin_addr)) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof *v4;
    return address;
  }
  if (parse(AF_INET6, text, &v6->sin6_addr)) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.size = sizeof *v6;
    return address;
  }
  return std::nullopt;
}

}  // namespace duel::http
