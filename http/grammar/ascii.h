// For every room above alloc.
#pragma once

#include <string_view>

// Kinds of bytes and the letter case of ASCII, without a locale. Field names, tokens and schemes compare this way
// (RFC 9110 §5.1, RFC 3986 §6.2.2.1). For letters beyond ASCII see unicode_case.h.
namespace duel::http::grammar {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A letter, a digit, a punctuation mark or a space.
constexpr bool is_printable_ascii(char c) {
  return c >= ' ' && c < '\x7F';
}
// Without the space.
constexpr bool is_visible_ascii(char c) {
  return c > ' ' && c < '\x7F';
}
// A byte of a field value: a visible character, a space, a tab or a byte above 127 (RFC 9110 §5.5). A reason phrase and
// a quoted string consist of the same bytes.
constexpr bool is_field_byte(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7F');
}

inline constexpr std::string_view kLowerHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperHexDigits = "0123456789ABCDEF";

// The value of a hexadecimal digit in either letter case, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr char to_lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr char to_upper_ascii(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Whether both texts are equal if A to Z count as a to z. Every other byte is equal only to itself.
constexpr bool equal_fold_ascii(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<unsigned char>(a[i]);
    const auto y = static_cast<unsigned char>(b[i]);
    if (x == y) continue;
    const unsigned lower = x | 0x20u;
    if (lower != (y | 0x20u) || lower < 'a' || lower > 'z') return false;
  }
  return true;
}

}  // namespace duel::http::grammar
