// For the router styles that write YAML.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/grammar/utf8.h"

// Texts in YAML (YAML 1.2), as Go's yaml.v3 writes them. The functions allocate nothing: they pass their output to
// put(std::string_view).
namespace duel::http::grammar {

// How a text stands in one line: plain if YAML reads it back as the same text, else in quotes (YAML 1.2 §7.3).
enum class YamlStyle : uint8_t { kPlain, kSingleQuoted, kDoubleQuoted };
// The text must be UTF-8.
YamlStyle yaml_style_of(std::string_view text);

// Whether the text has several lines and can be a literal block (YAML 1.2 §8.1.2) without an indentation indicator.
bool fits_yaml_block(std::string_view text);

// Whether the text may be a key in the form "key: value": one line of at most 128 bytes, as in the original. Parsers
// accept at most 1,024 characters (YAML 1.2 §7.4.2), and escapes make the text at most five times as long.
bool fits_yaml_key(std::string_view text);

namespace internal {

// The code points that the original calls printable, without U+2028 and U+2029, which break lines.
bool is_printable_in_yaml(uint32_t code);
// Writes the escape of a code point to `to`, which has 10 bytes. Returns its size.
size_t write_yaml_escape(uint32_t code, char* to);

}  // namespace internal

// Writes the text in one line. The text must be UTF-8.
template <typename Put>
void write_yaml_text(std::string_view text, Put put) {
  const YamlStyle style = yaml_style_of(text);
  if (style == YamlStyle::kPlain) return put(text);
  const std::string_view quote = style == YamlStyle::kSingleQuoted ? "'" : "\"";
  put(quote);
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    const std::string_view bytes = text.substr(0, rune.size);
    text.remove_prefix(rune.size);
    if (style == YamlStyle::kSingleQuoted) {
      if (rune.code == '\'') put(quote);
      put(bytes);
    } else if (internal::is_printable_in_yaml(rune.code) && rune.code != '"' && rune.code != '\\') {
      put(bytes);
    } else {
      char escape[10];
      put(std::string_view(escape, internal::write_yaml_escape(rune.code, escape)));
    }
  }
  put(quote);
}

}  // namespace duel::http::grammar
