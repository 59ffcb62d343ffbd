#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::beego::formats {

// Appends \uXXXX: a code point up to U+FFFF, or half of a surrogate pair.
inline void append_escaped(uint32_t unit, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[unit >> shift & 0xF]);
}

}  // namespace duel::beego::formats
