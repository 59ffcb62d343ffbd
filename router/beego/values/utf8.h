#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace duel::beego::values {

// What stands for a byte that is no UTF-8: U+FFFD.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the UTF-8 sequence (RFC 3629) that `text` begins with; 0 if it begins with none. `text` is not empty.
inline size_t utf8_size(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  // The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  return size;
}

// The code point of one sequence, as long as utf8_size() says.
inline uint32_t utf8_letter(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(sequence[i])); };
  if (sequence.size() == 1) return byte(0);
  uint32_t letter = byte(0) & (0x7FU >> sequence.size());
  for (size_t i = 1; i < sequence.size(); ++i) letter = letter << 6 | (byte(i) & 0x3FU);
  return letter;
}

// True if all of `text` is UTF-8.
inline bool is_utf8(std::string_view text) {
  for (size_t size = 0; !text.empty(); text.remove_prefix(size)) {
    size = utf8_size(text);
    if (size == 0) return false;
  }
  return true;
}

}  // namespace duel::beego::values
