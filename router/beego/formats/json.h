#pragma once

#include <any>
#include <string>
#include <string_view>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// JSON text of a boxed value, byte for byte as Go's encoding/json writes it: keys in order, no blanks, < > & and
// U+2028, U+2029 escaped, bytes that are not UTF-8 replaced by U+FFFD, numbers as short as they can be.
//
// Known types: nothing and nullptr (null), bool, the integers, float, double, std::string, std::string_view, const
// char*, Map, List, Record, std::vector<std::string>, std::map<std::string, std::string>. Throws FormatError.
std::string to_json(const std::any& value);

// Appends `text` in quotes, escaped as above: for who writes JSON without boxes.
void append_json_text(std::string_view text, std::string& out);

// The same JSON text with a line for each member, two blanks a level (Go's json.MarshalIndent with these).
std::string indent_json(std::string_view compact);

// The same JSON text in ASCII: other letters become \uXXXX, those beyond U+FFFF a pair of them.
std::string ascii_json(std::string_view json);

}  // namespace duel::beego::formats
