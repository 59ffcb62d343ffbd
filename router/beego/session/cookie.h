#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"

// Cookies (RFC 6265): those of a request, which Input::cookie() reads by this too, and the session's own.
namespace duel::beego::session {

enum class SameSite : uint8_t { kUnset, kLax, kStrict, kNone };

struct CookieOptions {
  std::string name = "beegosessionID";
  std::string path = "/";
  std::string domain{};   // empty: the host that set it, and no other
  int64_t max_age_s = 0;  // 0: until the browser is closed
  bool http_only = true;  // out of reach for scripts
  bool secure = false;    // https only; on behind a proxy that ends TLS
  SameSite same_site = SameSite::kLax;
};

// The value of the first cookie of this name (§5.4 gives servers no order to rely on), without quotes around it; one
// with letters that are not allowed is passed over, as in Go. A view into the request.
std::optional<std::string_view> find_cookie(const http::Request& request, std::string_view name);
// The same in one field's value (§4.2.1).
std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name);

// The value of a Set-Cookie field (§4.1.1). `max_age_s`: 0 leaves it out, below 0 deletes the cookie.
std::string set_cookie(const CookieOptions& options, std::string_view value, int64_t max_age_s);

// Throws std::invalid_argument if set_cookie() could not be read back as it is meant: a name that is no token, a path
// or domain with a control character or ';', SameSite=None without Secure, which browsers refuse.
void check(const CookieOptions& options);

}  // namespace duel::beego::session
