// For controllers of the Beego style.
#pragma once

#include <any>
#include <string>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// The YAML text of a boxed value, as Go's yaml.v3 writes it: block style, four spaces per level, the names of a
// Record's fields in lower case, and quotes around text that YAML would read as another type. Knows the types of
// to_json(). Throws FormatError.
//
// A key of more than 128 bytes or of several lines is explicit, "? key" and ": value" on two lines, because parsers
// accept a key before ":" only on one line and up to 1,024 characters.
//
// Differences from the original. A reader gets the same value:
// - The texts "<<" and "=" are in quotes. Without quotes, YAML 1.1 merges maps for "<<" and reads "=" as the default
//   value.
// - Bytes that are not UTF-8 are a !!binary on one line.
// - Text of several lines is in double quotes if it begins with a tab, or if it begins or ends with a space or an empty
//   line. Text with the line separator U+2028 or U+2029 is in double quotes.
// - Keys are sorted by their bytes. The original compares digits in them as numbers.
std::string to_yaml(const std::any& value);

}  // namespace duel::beego::formats
