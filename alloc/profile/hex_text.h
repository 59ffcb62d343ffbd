// For the samplers and the profile writer: build ids in texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace duel::alloc::profile {

// Two lower-case hexadecimal digits per byte.
inline std::string hex_of_bytes(const unsigned char* bytes, size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace duel::alloc::profile
