// For routers, handlers and the core.
#pragma once

#include <cstdint>
#include <string_view>

namespace duel::http {

// The methods of RFC 9110 §9.3 and PATCH (RFC 5789). kOther is any other method that the parser knows, such as those of
// WebDAV; Request::method_name has its name. The core answers 501 to a method that the parser does not know, before a
// router sees it.
enum class Method : uint8_t { kGet, kHead, kPost, kPut, kDelete, kConnect, kOptions, kTrace, kPatch, kOther };

inline constexpr int kMethodCount = 9;  // without kOther

// The name as it is sent; empty for kOther.
constexpr std::string_view method_name(Method method) {
  constexpr std::string_view kNames[] = {"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                         "CONNECT", "OPTIONS", "TRACE", "PATCH", ""};
  return kNames[static_cast<int>(method)];
}

// Methods are case-sensitive (RFC 9110 §9.1): "get" is kOther.
constexpr Method method_of(std::string_view name) {
  for (int i = 0; i < kMethodCount; ++i) {
    if (method_name(static_cast<Method>(i)) == name) return static_cast<Method>(i);
  }
  return Method::kOther;
}

}  // namespace duel::http
