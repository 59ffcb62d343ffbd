#include "http/grammar/float_text.h"

#include <charconv>
#include <cmath>
#include <string>

#include "http/grammar/ascii.h"

namespace duel::http::grammar {
namespace {

bool begins_as_hex(std::string_view digits) {
  return digits.size() > 2 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
}

// Whether each '_' stands between two digits, or between the prefix 0x and a digit.
bool separates_digits(std::string_view digits) {
  const bool hex = begins_as_hex(digits);
  bool after_digit = hex;
  bool after_separator = false;
  for (const char c : digits.substr(hex ? 2 : 0)) {
    if (c == '_' && !after_digit) return false;
    const bool digit = hex ? hex_value(c) >= 0 : is_digit(c);
    if (after_separator && !digit) return false;
    after_separator = c == '_';
    after_digit = digit;
  }
  return !after_separator;
}

// std::from_chars reports numbers that are too small and too large alike.
bool is_tiny(std::string_view digits, std::chars_format format) {
  long double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, format);
  const size_t exponent = digits.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
  const bool is_negative = exponent != std::string_view::npos && digits.substr(exponent + 1).starts_with('-');
  return end == digits.data() + digits.size() && (error == std::errc() ? number < 1 : is_negative);
}

}  // namespace

template <typename Float>
std::optional<Float> parse_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  std::string joined;
  if (text.find('_') != std::string_view::npos) {
    if (!separates_digits(text)) return std::nullopt;
    for (const char c : text) {
      if (c != '_') joined.push_back(c);
    }
    text = joined;
  }
  auto format = std::chars_format::general;
  if (begins_as_hex(text)) {
    const size_t exponent = text.find_first_of("pP");
    if (exponent == std::string_view::npos || text.find("+-", exponent) != std::string_view::npos) return std::nullopt;
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  if (text.starts_with('-')) return std::nullopt;  // after another sign, or after 0x
  Float number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, format);
  if (end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range && is_tiny(text, format)) {
    number = 0;
  } else if (error != std::errc() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return negative ? -number : number;
}

template std::optional<float> parse_float(std::string_view text);
template std::optional<double> parse_float(std::string_view text);

}  // namespace duel::http::grammar
