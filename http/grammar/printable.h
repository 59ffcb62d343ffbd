// For logs and messages.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/grammar/ascii.h"

// Text from a client or a file, which must not control a terminal or break a line.
namespace duel::http::grammar {

// Passes the text to put(std::string_view), one byte at a time. Bytes that are not printable ASCII, and those in
// `others`, become \xNN.
template <typename Put>
void write_printable(std::string_view text, std::string_view others, Put put) {
  for (const char& c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (is_printable_ascii(c) && others.find(c) == std::string_view::npos) {
      put(std::string_view(&c, 1));
    } else {
      const char escape[] = {'\\', 'x', kLowerHexDigits[byte >> 4], kLowerHexDigits[byte & 0xF]};
      put(std::string_view(escape, sizeof escape));
    }
  }
}

}  // namespace duel::http::grammar
