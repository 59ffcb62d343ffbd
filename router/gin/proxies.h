#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "http/grammar/address.h"

namespace duel::gin {

using http::grammar::Address;
using http::grammar::Network;
using http::grammar::network;

// Whose word about the client is believed: proxies that set or append to X-Forwarded-For, or a platform's own field.
// By default nobody's, where Gin trusts every sender: then any client could claim any address.
//
//   constexpr gin::Network kProxies[] = {gin::network("10.0.0.0/8"), gin::network("::1")};
//   gin::router(gin::Options{.proxies = {.trusted = kProxies}}, ...)
struct Proxies {
  std::span<const Network> trusted{};
  // A field that the platform in front sets on every request, e.g. "CF-Connecting-IP". Believed without a look at the
  // sender: only for servers that nobody else can reach.
  std::string_view platform_field{};

  constexpr bool trust(const Address& address) const {
    return std::ranges::any_of(trusted, [&](const Network& network) { return network.contains(address); });
  }
};

}  // namespace duel::gin
