#include "http/grammar/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>

#include "http/grammar/ascii.h"

namespace duel::http::grammar {
namespace internal {

std::array<char, 6> json_unicode_escape(uint32_t unit) {
  const auto digit = [&](int shift) { return kLowerHexDigits[unit >> shift & 0xF]; };
  return {'\\', 'u', digit(12), digit(8), digit(4), digit(0)};
}

JsonEscape escape_for_json(std::string_view text) {
  const char c = text.front();
  constexpr std::string_view kNames = "\"\"\\\\\bb\ff\nn\rr\tt";  // a byte, and the letter of its escape
  for (size_t i = 0; i < kNames.size(); i += 2) {
    if (kNames[i] == c) return {.bytes = {'\\', kNames[i + 1]}, .size = 2, .taken = 1};
  }
  const Rune rune = decode_rune(text);
  const auto taken = static_cast<uint8_t>(rune.size);
  if (rune.code < 0x80 || rune.is_invalid() || rune.code == 0x2028 || rune.code == 0x2029) {
    return {.bytes = json_unicode_escape(rune.code), .size = 6, .taken = taken};
  }
  return {.bytes = {}, .size = 0, .taken = taken};
}

}  // namespace internal

namespace {

// Go writes 1e-7 where C++ writes 1e-07.
char* with_short_exponent(char* end) {
  if (end[-2] != '0' || (end[-3] != '-' && end[-3] != '+')) return end;
  end[-2] = end[-1];
  return end - 1;
}

// The digits of the scientific form d.ddde+XX, then zeros up to the units. The fixed form of std::to_chars() would have
// all digits of the binary number, which are more than the shortest ones.
char* write_large(char* to, char* end, int exponent) {
  char* const e = std::find(to, end, 'e');
  char* const first = to + (*to == '-' ? 1 : 0);
  if (first + 1 != e) std::copy(first + 2, e, first + 1);  // without the point
  char* const digits_end = e - (first + 1 == e ? 0 : 1);
  char* const last = first + exponent + 1;
  std::fill(digits_end, last, '0');
  return last;
}

template <std::floating_point Number>
char* write_shortest(Number number, char* to) {
  const Number size = std::fabs(number);
  // From here on, not every whole number is a Number, so that the shortest text may have fewer digits than the number.
  constexpr auto kFirstLarge = static_cast<Number>(uint64_t{1} << std::numeric_limits<Number>::digits);
  const bool scientific = size != 0 && (size < Number(1e-6) || size >= Number(1e21));
  if (!scientific && size < kFirstLarge)
    return std::to_chars(to, to + kJsonNumberBytes, number, std::chars_format::fixed).ptr;
  char* const end = std::to_chars(to, to + kJsonNumberBytes, number, std::chars_format::scientific).ptr;
  if (scientific) return with_short_exponent(end);
  return write_large(to, end, (end[-2] - '0') * 10 + end[-1] - '0');
}

}  // namespace

bool is_callback(std::string_view name) {
  // Line breaks in a script, unlike the other letters beyond ASCII.
  if (name.find("\u2028") != std::string_view::npos || name.find("\u2029") != std::string_view::npos) return false;
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_letter_or_digit(c) || std::string_view("_$.[]").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

char* write_json_number(double number, char* to) {
  return write_shortest(number, to);
}

char* write_json_number(float number, char* to) {
  return write_shortest(number, to);
}

}  // namespace duel::http::grammar
