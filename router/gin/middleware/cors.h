#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "router/gin/context.h"

// Cross-origin requests (fetch standard, "CORS protocol"), with gin-contrib/cors' answers and defaults: an unknown
// origin gets 403, an OPTIONS request with an Origin is a preflight and gets 204, requests of the same origin pass.
//
//   constexpr std::string_view kOrigins[] = {"https://example.com", "https://*.example.org"};
//   constexpr gin::CorsOptions kCors{.origins = kOrigins, .allow_credentials = true};
//   gin::use(gin::cors<kCors>)
namespace duel::gin::middleware {

struct CorsOptions {
  // Empty: every origin. One * in an origin stands for any text.
  std::span<const std::string_view> origins{};
  std::string_view methods = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS";
  std::string_view headers = "Origin,Content-Length,Content-Type";  // that a request may carry
  std::string_view expose_headers{};                                // that a script may read of an answer
  bool allow_credentials = false;
  std::chrono::seconds max_age = std::chrono::hours(12);  // how long a preflight's answer may be kept

  // Browsers refuse credentials where every origin is allowed.
  constexpr bool valid() const { return !(origins.empty() && allow_credentials); }
};
inline constexpr CorsOptions kCorsDefaults;

namespace internal {
void apply_cors(Context& c, const CorsOptions& options);
}

template <const CorsOptions& kOptions = kCorsDefaults>
void cors(Context& c) {
  static_assert(kOptions.valid(), "name the origins that may send credentials");
  internal::apply_cors(c, kOptions);
}

}  // namespace duel::gin::middleware
