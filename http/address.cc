#include "http/address.h"

#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "http/grammar/address.h"

namespace duel::http {
namespace {

// The number of a network interface, from its name or from its number; 0 if there is none.
uint32_t zone_index(std::string_view zone) {
  if (zone.empty()) return 0;
  if (const unsigned index = if_nametoindex(std::string(zone).c_str()); index != 0) return index;
  uint32_t number = 0;
  const auto read = std::from_chars(zone.data(), zone.data() + zone.size(), number);
  return read.ec == std::errc() && read.ptr == zone.data() + zone.size() ? number : 0;
}

// The name of the interface; its number if it has gone.
std::string_view zone_name(uint32_t index, std::array<char, IF_NAMESIZE>& to) {
  if (if_indextoname(index, to.data()) != nullptr) return to.data();
  const auto written = std::to_chars(to.data(), to.data() + to.size(), index);
  return {to.data(), static_cast<size_t>(written.ptr - to.data())};
}

}  // namespace

bool is_address(std::string_view text) {
  return grammar::parse_address(text).has_value();
}

bool is_ipv6_address(std::string_view text) {
  return text.find(':') != std::string_view::npos && is_address(text);
}

std::optional<SocketAddress> make_socket_address(std::string_view text, uint16_t port) {
  const auto parsed = grammar::parse_scoped_address(text);
  if (!parsed) return std::nullopt;
  const auto& bytes = parsed->address.bytes;
  SocketAddress address;
  if (parsed->address.is_v4()) {
    auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    std::copy_n(bytes.end() - sizeof v4->sin_addr, sizeof v4->sin_addr, reinterpret_cast<uint8_t*>(&v4->sin_addr));
    address.size = sizeof *v4;
  } else {
    auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    v6->sin6_scope_id = zone_index(parsed->zone);
    if (!parsed->zone.empty() && v6->sin6_scope_id == 0) return std::nullopt;
    std::ranges::copy(bytes, v6->sin6_addr.s6_addr);
    address.size = sizeof *v6;
  }
  return address;
}

std::string_view write_socket_address(const sockaddr_storage& address, char* to, size_t size) {
  grammar::Address bytes;
  uint32_t scope = 0;
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::copy_n(v6.sin6_addr.s6_addr, bytes.bytes.size(), bytes.bytes.begin());
    scope = v6.sin6_scope_id;
  } else if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    bytes.bytes[10] = bytes.bytes[11] = 0xFF;
    std::memcpy(&bytes.bytes[12], &v4, sizeof v4);
  } else {
    return {};
  }
  std::array<char, IF_NAMESIZE> room{};
  const std::string_view zone = scope == 0 ? std::string_view() : zone_name(scope, room);
  const std::string_view text = grammar::write_scoped_address({.address = bytes, .zone = zone}, to, size);
  return text.empty() ? grammar::write_address(bytes, to) : text;
}

std::string url_host(std::string_view address) {
  if (address.find(':') == std::string_view::npos) return std::string(address);
  const size_t percent = std::min(address.find('%'), address.size());
  std::string host = "[" + std::string(address.substr(0, percent));
  if (percent < address.size()) host.append("%25").append(address.substr(percent + 1));
  return host + "]";
}

}  // namespace duel::http
