#pragma once

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>

#include "router/gin/context.h"

// For applications: cross-origin requests ("CORS protocol" of the Fetch standard), with the responses and defaults of
// gin-contrib/cors. An unknown origin gets 403. An OPTIONS request with an Origin is a preflight and gets 204. Requests
// of the same origin pass.
//
//   constexpr std::string_view kOrigins[] = {"https://example.com", "https://*.example.org"};
//   constexpr gin::middleware::CorsOptions kCors{.origins = kOrigins, .allow_credentials = true};
//   gin::use(gin::middleware::cors<kCors>)
//
// It may stand outside of all groups, in a group, or in the chain of a route. Preflights need no route for OPTIONS: in
// a group and in a chain, an OPTIONS request for one of these routes runs the handlers up to `cors`. Put `cors` before
// middleware that refuses requests, such as basic_auth, because a preflight has no credentials.
//
// Caches: if every origin is allowed, every response allows it, with and without Origin. Otherwise every response has
// `Vary: Origin`. The redirects that the router itself makes run no middleware, so they have no CORS fields.
namespace duel::gin::middleware {

struct CorsOptions {
  // If empty, or if an origin is "*", every origin is allowed. An origin may contain one *, which stands for any text.
  std::span<const std::string_view> origins{};
  std::string_view methods = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS";
  std::string_view headers = "Origin,Content-Length,Content-Type";  // fields that a request may have
  std::string_view expose_headers{};                                // response fields that a script may read
  bool allow_credentials = false;
  std::chrono::seconds max_age = std::chrono::hours(12);  // how long a browser may cache a preflight

  constexpr bool allows_all() const {
    return origins.empty() || std::ranges::any_of(origins, [](std::string_view origin) { return origin == "*"; });
  }
  // Every site could act for the user if all origins were allowed with credentials. A second * would match nothing.
  constexpr bool valid() const {
    const auto stars = [](std::string_view origin) { return std::ranges::count(origin, '*'); };
    return !(allows_all() && allow_credentials) &&
           std::ranges::all_of(origins, [&](std::string_view origin) { return stars(origin) <= 1; });
  }
};
inline constexpr CorsOptions kCorsDefaults;

namespace internal {
void apply_cors(Context& c, const CorsOptions& options);

template <const CorsOptions& kOptions>
void run_cors(Context& c) {
  static_assert(kOptions.valid(),
                "allow_credentials needs a list of origins without \"*\", and an origin has at most one *");
  apply_cors(c, kOptions);
}
}  // namespace internal

template <const CorsOptions& kOptions = kCorsDefaults>
inline constexpr OptionsMiddleware cors{&internal::run_cors<kOptions>};

}  // namespace duel::gin::middleware
