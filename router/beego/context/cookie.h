#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::beego::context {

// The attributes of a Set-Cookie field (RFC 6265 §4.1.2).
struct CookieOptions {
  int64_t max_age_s = 0;  // 0: until the browser ends; negative: the browser forgets the cookie now
  std::string_view path = "/";
  std::string_view domain = {};
  bool secure = false;
  bool http_only = false;
  std::string_view same_site = {};  // "Lax", "Strict" or "None"; empty: not said
};

// The value of a Set-Cookie field. Nothing in it can begin another attribute or another field: what may not be in a
// name becomes '-', what may not be in a value a blank.
std::string format_cookie(std::string_view name, std::string_view value, const CookieOptions& options);

}  // namespace duel::beego::context
