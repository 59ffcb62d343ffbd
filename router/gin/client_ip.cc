#include "router/gin/client_ip.h"

#include <array>
#include <optional>

#include "http/client_address.h"

namespace duel::gin {
namespace {

std::optional<Address> reported_client(const http::Request& request, std::string_view remote, const Proxies& proxies) {
  if (!proxies.platform_field.empty()) {
    if (const auto said = http::grammar::parse_address(request.header(proxies.platform_field))) return said;
  }
  return http::forwarded_client(request, remote, proxies.trusted);
}

}  // namespace

std::string_view find_client_ip(const http::Request& request, std::string_view remote, const Proxies& proxies,
                                memory::Arena& arena) {
  const auto client = reported_client(request, remote, proxies);
  if (!client) return remote;
  std::array<char, http::grammar::kAddressTextBytes> text{};
  return arena.copy(http::grammar::write_address(*client, text.data()));
}

}  // namespace duel::gin
