#pragma once

#include <string>
#include <string_view>

namespace duel::beego::formats {

// Appends the text in one line: plain if YAML reads it as this text, else in quotes (YAML 1.2 §7.3). Bytes that are no
// UTF-8 become a !!binary.
void append_yaml_text(std::string_view text, std::string& out);

// Whether text of several lines can be a literal block (§8.1.2) without a hint about its indentation.
bool fits_literal_block(std::string_view text);

}  // namespace duel::beego::formats
