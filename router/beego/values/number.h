// For the input of controllers in the Beego style.
#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

#include "http/grammar/float_text.h"

namespace duel::beego::values {

// Reads the whole text as a number: a decimal integer, or a float in the syntax of http/grammar/float_text.h. Signed
// types and floats may have a sign, '+' included, as in Go's strconv. Returns nothing if the text is not a number or
// the number does not fit.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if constexpr (std::is_floating_point_v<Number>) {
    return http::grammar::parse_float<Number>(text);
  } else {
    if (std::is_signed_v<Number> && text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
  }
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

// If the type cannot hold the number, returns false and changes nothing. A float, for example, cannot hold 1e300.
template <std::floating_point T>
constexpr bool narrow(double number, T& to) {
  const bool fits = number >= std::numeric_limits<T>::lowest() && number <= std::numeric_limits<T>::max();
  if (fits) to = static_cast<T>(number);
  return fits;
}

}  // namespace duel::beego::values
