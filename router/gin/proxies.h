#pragma once

#include <span>
#include <string_view>

#include "http/grammar/address.h"

namespace duel::gin {

using http::grammar::Address;
using http::grammar::Network;
using http::grammar::network;

// For applications behind a proxy: the trusted sources of the client's address. They are proxies that set or extend
// X-Forwarded-For, or a field that the hosting platform sets. By default no source is trusted. Gin trusts every sender
// by default, so any client can claim any address.
//
//   constexpr gin::Network kProxies[] = {gin::network("10.0.0.0/8"), gin::network("::1")};
//   gin::router(gin::Options{.proxies = {.trusted = kProxies}}, ...)
struct Proxies {
  std::span<const Network> trusted{};
  // A field that the platform sets on every request, such as "CF-Connecting-IP". It is trusted whoever the peer is, so
  // set it only if all requests come through the platform.
  std::string_view platform_field{};
};

}  // namespace duel::gin
