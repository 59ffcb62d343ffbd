// For the input of controllers in the Beego style.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <type_traits>

namespace duel::beego::values {

// Whether the number is so small that it is zero: std::from_chars reports it as it reports a number that is too large.
inline bool is_tiny(std::string_view text) {
  long double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const size_t exponent = text.find_first_of("eE");
  const bool is_negative = exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
  return end == text.data() + text.size() && (error == std::errc() ? std::fabs(number) < 1 : is_negative);
}

// Reads the whole text as a decimal number. Signed types and floats may have a sign, '+' included, as in Go's strconv;
// floats may be "1e3". Returns nothing if the text is not a number or the number does not fit. Unlike Go it reads
// neither hexadecimal floats nor "inf" and "nan": JSON cannot express them, so a handler that returns such a number to
// the client would fail, and the client could cause a 500.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (std::is_signed_v<Number> && text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if constexpr (std::is_floating_point_v<Number>) {
    // As in Go: 1e-400 is zero.
    if (error == std::errc::result_out_of_range && is_tiny(text)) return text.starts_with('-') ? -Number{} : Number{};
  }
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

// Reads the words of Go's strconv.ParseBool.
inline std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view word : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

}  // namespace duel::beego::values
