#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "http/grammar/cookie.h"
#include "http/request.h"
#include "router/gin/memory/arena.h"

// For applications: cookies with Gin's encoding. A value is query-escaped when it is set and unescaped when it is read,
// so that it may hold any bytes.
namespace duel::gin {

using http::grammar::SameSite;

// A cookie to set, with the arguments of Gin's SetCookie: c.set_cookie({.name = "id", .value = "7"}).
struct Cookie {
  std::string_view name;
  std::string_view value;
  std::string_view path = "/";                    // an empty path also means "/"
  std::string_view domain{};                      // if empty, the browser returns the cookie only to this host
  std::optional<std::chrono::seconds> max_age{};  // unset: until the browser closes; zero or less: delete it now
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::kUnset;
};

// The decoded value of the first cookie of this name; nothing if there is none. A malformed cookie is skipped; a value
// with a bad escape is empty, as in Gin. The value is a view into the request or the arena.
std::optional<std::string_view> find_cookie(const http::FieldList& fields, std::string_view name, memory::Arena& arena);

// The value of a Set-Cookie field, in the arena. Empty if the name is not a token or if the path or the domain hold a
// byte that could end them.
std::string_view format_cookie(const Cookie& cookie, memory::Arena& arena);

}  // namespace duel::gin
