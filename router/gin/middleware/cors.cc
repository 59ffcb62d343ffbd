#include "router/gin/middleware/cors.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/grammar/ascii.h"

namespace duel::gin::middleware {

using namespace std::string_view_literals;

namespace {

// Scheme and host are compared without regard to letter case.
bool matches(std::string_view pattern, std::string_view origin) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return http::grammar::equal_fold_ascii(pattern, origin);
  const std::string_view before = pattern.substr(0, star);
  const std::string_view behind = pattern.substr(star + 1);
  return origin.size() >= before.size() + behind.size() &&
         http::grammar::equal_fold_ascii(origin.substr(0, before.size()), before) &&
         http::grammar::equal_fold_ascii(origin.substr(origin.size() - behind.size()), behind);
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  return std::ranges::any_of(std::array{"http://"sv, "https://"sv}, [&](std::string_view scheme) {
    return origin.starts_with(scheme) && http::grammar::equal_fold_ascii(origin.substr(scheme.size()), host);
  });
}

void answer_preflight(Context& c, const CorsOptions& options) {
  if (!options.methods.empty()) c.set_header("Access-Control-Allow-Methods", options.methods);
  if (!options.headers.empty()) c.set_header("Access-Control-Allow-Headers", options.headers);
  if (options.max_age.count() > 0) {
    char text[20];
    const char* end = std::to_chars(text, text + sizeof text, options.max_age.count()).ptr;
    c.set_header("Access-Control-Max-Age", {text, static_cast<size_t>(end - text)});
  }
  c.abort_with_status(204);
}

// The answer to a preflight depends on more fields than that to another request. A handler that sets Vary, and then
// streams, sends a file or throws, must not remove them.
void set_vary(Context& c, bool preflight) {
  c.response().always_vary("Origin");
  if (!preflight) return;
  c.response().always_vary("Access-Control-Request-Method");
  c.response().always_vary("Access-Control-Request-Headers");
}

void allow(Context& c, const CorsOptions& options, std::string_view origin, bool preflight) {
  c.set_header("Access-Control-Allow-Origin", origin);
  if (options.allow_credentials) c.set_header("Access-Control-Allow-Credentials", "true");
  if (!preflight && !options.expose_headers.empty()) {
    c.set_header("Access-Control-Expose-Headers", options.expose_headers);
  }
}

}  // namespace

void internal::apply_cors(Context& c, const CorsOptions& options) {
  const bool all = options.allows_all();
  const std::string_view origin = c.header("Origin");
  const bool preflight = c.request().method == http::Method::kOptions;
  const bool cross_origin = !origin.empty() && !is_same_origin(origin, c.request().host);
  // The fields for caches do not depend on this request's Origin, because a cache may send the response to another
  // origin. If every origin is allowed, only the answer to OPTIONS depends on Origin.
  if (!all || preflight) set_vary(c, preflight);
  if (all) {
    allow(c, options, "*", preflight);
  } else if (cross_origin) {
    const auto allows = [&](std::string_view pattern) { return matches(pattern, origin); };
    if (std::ranges::none_of(options.origins, allows)) return c.abort_with_status(403);
    allow(c, options, origin, preflight);
  }
  if (cross_origin && preflight) answer_preflight(c, options);
}

}  // namespace duel::gin::middleware
