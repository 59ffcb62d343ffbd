#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/request.h"
#include "router/gin/memory/arena.h"

// Cookies as RFC 6265 has them, with Gin's encoding: a value is query-escaped when set and unescaped when read, so that
// it may hold any bytes.
namespace duel::gin {

enum class SameSite : uint8_t { kUnset, kLax, kStrict, kNoRestriction };

// What Set-Cookie says, Gin's SetCookie in the order of its words: c.set_cookie({.name = "id", .value = "7"}).
struct Cookie {
  std::string_view name;
  std::string_view value;
  std::string_view path = "/";                    // also if it is empty
  std::string_view domain{};                      // empty: this host alone
  std::optional<std::chrono::seconds> max_age{};  // empty: until the browser closes; zero or less: delete it now
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::kUnset;
};

// The value of the first cookie of this name, decoded. A malformed pair and one with a bad escape count as absent.
std::optional<std::string_view> find_cookie(const http::FieldList& fields, std::string_view name, memory::Arena& arena);

// The value of a Set-Cookie field; empty if the name is no token, or path or domain hold what no attribute may.
std::string_view format_cookie(const Cookie& cookie, memory::Arena& arena);

}  // namespace duel::gin
