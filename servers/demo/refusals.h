#pragma once

#include <string_view>

#include "http/request.h"

// What both styles refuse in the same words.
namespace duel::servers::demo {

inline constexpr std::string_view kNotImplemented = "501 not implemented";
inline constexpr std::string_view kPartialPut = "400 a part of a resource cannot be put";

// Taken for the whole, the part would replace it (RFC 9110 §9.3.4, §14.5).
inline bool is_partial_put(const http::Request& request) {
  return request.method == http::Method::kPut && request.has_header("Content-Range");
}

}  // namespace duel::servers::demo
