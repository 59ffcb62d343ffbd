// For controllers of the Beego style and for applications that write JSON themselves.
#pragma once

#include <any>
#include <string>
#include <string_view>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// The JSON text of a boxed value, byte for byte as Go's encoding/json writes it: without spaces, with the keys of a map
// in order, and with < > and & escaped. http/grammar/json_text.h has the details.
//
// Known types: an empty box and nullptr (both null), bool, the integers, float, double, std::string, std::string_view,
// const char*, Map, List, Record, std::vector<std::string>, std::map<std::string, std::string>; values::Bytes as
// base64, values::Time as RFC 3339 in its own zone, std::chrono::nanoseconds as their number (Go's []byte, time.Time,
// time.Duration). Throws FormatError for any other type, for numbers that are not finite, and for times outside of the
// years 0 to 9999.
std::string to_json(const std::any& value);

// Appends `text` in quotes, with escapes. For code that writes JSON without boxes.
void append_json_text(std::string_view text, std::string& out);

// The same JSON text with a line per member and two spaces per level (Go's json.MarshalIndent).
std::string indent_json(std::string_view compact);

// The same JSON text in ASCII: other code points become \uXXXX, or two such escapes beyond U+FFFF.
std::string ascii_json(std::string_view json);

}  // namespace duel::beego::formats
