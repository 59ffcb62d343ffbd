// For yaml.cc only.
#pragma once

#include <string>
#include <string_view>

namespace duel::beego::formats {

// Appends the text in one line: plain if YAML reads it back as the same text, else in quotes (YAML 1.2 §7.3). Text that
// is not UTF-8 becomes a !!binary.
void append_yaml_text(std::string_view text, std::string& out);

// Whether the text has several lines and can be a literal block (YAML 1.2 §8.1.2) without an indentation indicator.
bool fits_literal_block(std::string_view text);

// Whether the text may be a key in the form "key: value": one line of at most 128 bytes, as in the original. Parsers
// accept at most 1,024 characters (YAML 1.2 §7.4.2), and escapes make the text at most five times as long.
bool fits_simple_key(std::string_view text);

}  // namespace duel::beego::formats
