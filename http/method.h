#pragma once

#include <cstdint>
#include <string_view>

namespace duel::http {

// The methods that a router tells apart by number: RFC 9110 §9.3 and PATCH (RFC 5789). `kOther` is any other method
// that the parser knows (WebDAV, ...); its name is in Request::method_name. A method that the parser does not know is
// answered with 501 before a router sees it.
enum class Method : uint8_t { kGet, kHead, kPost, kPut, kDelete, kConnect, kOptions, kTrace, kPatch, kOther };

inline constexpr int kMethodCount = 9;  // without kOther

// The name as on the wire; empty for kOther.
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
