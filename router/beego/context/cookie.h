#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::beego::context {

// For applications: the attributes of a Set-Cookie field (RFC 6265 §4.1.2).
struct CookieOptions {
  int64_t max_age_s = 0;         // zero: until the browser closes; negative: delete the cookie now
  std::string_view path = "/";   // also used if it is empty
  std::string_view domain = {};  // if empty, the browser returns the cookie only to this host
  bool secure = false;
  bool http_only = false;
  std::string_view same_site = {};  // "Lax", "Strict" or "None"; if empty, the attribute is not written
};

// The value of a Set-Cookie field as Beego writes it, see http::grammar::SetCookieRules::kBeego.
std::string format_cookie(std::string_view name, std::string_view value, const CookieOptions& options);

}  // namespace duel::beego::context
