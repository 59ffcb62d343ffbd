// For both router styles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
namespace duel::http::grammar {

// Stands for every byte that is not part of a valid sequence.
inline constexpr uint32_t kReplacementRune = 0xFFFD;
inline constexpr std::string_view kReplacementText = "\xEF\xBF\xBD";

// Go's word for a code point, and the number of bytes that encode it.
struct Rune {
  uint32_t code = 0;
  size_t size = 0;

  // Whether decode_rune() found an invalid byte. A valid U+FFFD has a size of 3.
  constexpr bool is_invalid() const { return code == kReplacementRune && size == 1; }
};

// The first rune of `text`, which must not be empty. An invalid byte is kReplacementRune with a size of 1.
constexpr Rune decode_rune(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {kReplacementRune, 1};
  uint32_t code = lead & (0x7FU >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {kReplacementRune, 1};
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t kMinimum[] = {0, 0, 0x80, 0x800, 0x10000};  // by size
  if (code < kMinimum[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {kReplacementRune, 1};
  return {code, size};
}

// False for the second to fourth byte of a sequence.
constexpr bool begins_rune(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) != 0x80;
}

constexpr bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (rune.is_invalid()) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

// Writes `code` to `to`, which must have room for 4 bytes, and returns its size.
constexpr size_t encode_rune(uint32_t code, char* to) {
  const auto put = [&](size_t i, uint32_t bits) { to[i] = static_cast<char>(bits); };
  if (code < 0x80) return put(0, code), 1;
  if (code < 0x800) return put(0, 0xC0 | code >> 6), put(1, 0x80 | (code & 0x3F)), 2;
  if (code < 0x10000) {
    return put(0, 0xE0 | code >> 12), put(1, 0x80 | (code >> 6 & 0x3F)), put(2, 0x80 | (code & 0x3F)), 3;
  }
  put(0, 0xF0 | code >> 18);
  put(1, 0x80 | (code >> 12 & 0x3F));
  put(2, 0x80 | (code >> 6 & 0x3F));
  put(3, 0x80 | (code & 0x3F));
  return 4;
}

}  // namespace duel::http::grammar
