#include "http/grammar/json_text.h"

#include <charconv>
#include <cmath>
#include <concepts>

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

template <std::floating_point Number>
char* write_shortest(Number number, char* to) {
  const Number size = std::fabs(number);
  const bool scientific = size != 0 && (size < Number(1e-6) || size >= Number(1e21));
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  char* end = std::to_chars(to, to + kJsonNumberBytes, number, format).ptr;
  // Go writes 1e-7 where C++ writes 1e-07.
  if (scientific && end[-2] == '0' && (end[-3] == '-' || end[-3] == '+')) {
    end[-2] = end[-1];
    --end;
  }
  return end;
}

}  // namespace

char* write_json_number(double number, char* to) {
  return write_shortest(number, to);
}

char* write_json_number(float number, char* to) {
  return write_shortest(number, to);
}

}  // namespace duel::http::grammar
