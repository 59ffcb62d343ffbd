// For the router styles that read numbers from requests.
#pragma once

#include <optional>
#include <string_view>

namespace duel::http::grammar {

// Reads the whole text as a number, in the syntax of Go's strconv.ParseFloat: decimal, such as "-1.5e3", or hexadecimal
// with a binary exponent, such as "0x1.8p1", and with '_' between digits. A number that is too small is zero. Nothing
// if the text is malformed, or the number is too large. Unlike Go it reads neither "inf" nor "nan": every comparison
// with NaN is false, so that it passes checks of limits, and JSON can express neither, so that a handler that returns
// such a number would fail, and a client could cause a 500.
template <typename Float>
std::optional<Float> parse_float(std::string_view text);

}  // namespace duel::http::grammar
