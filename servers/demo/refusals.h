#pragma once

#include <string_view>

#include "http/request.h"

// Refusals that all styles answer with the same text.
namespace duel::servers::demo {

inline constexpr std::string_view kNotImplementedText = "501 not implemented";
inline constexpr std::string_view kPartialPutText = "400 a part of a resource cannot be put";

// A PUT with Content-Range must be refused: its body, a part, would replace the whole (RFC 9110 §9.3.4, §14.5).
inline bool is_partial_put(const http::Request& request) {
  return request.method == http::Method::kPut && request.has_header("Content-Range");
}

}  // namespace duel::servers::demo
