// For both router styles.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/grammar/ascii.h"
#include "http/grammar/utf8.h"

// Letter case of Unicode by its simple mappings, which map one code point to one code point, without a locale.
namespace duel::http::grammar {

uint32_t to_lower_unicode(uint32_t code);
uint32_t to_upper_unicode(uint32_t code);

// Whether two texts in UTF-8 are equal by simple case folding. Invalid bytes equal each other (Go's strings.EqualFold).
bool equal_fold_unicode(std::string_view a, std::string_view b);

// Passes the text in lower case to put(std::string_view), one code point at a time; U+FFFD for each invalid byte (Go's
// strings.ToLower).
template <typename Put>
void to_lower_unicode(std::string_view text, Put put) {
  char bytes[4];
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    text.remove_prefix(rune.size);
    const uint32_t lower = rune.code < 0x80 ? static_cast<uint32_t>(to_lower_ascii(static_cast<char>(rune.code)))
                                            : to_lower_unicode(rune.code);
    put(std::string_view(bytes, encode_rune(lower, bytes)));
  }
}

}  // namespace duel::http::grammar
