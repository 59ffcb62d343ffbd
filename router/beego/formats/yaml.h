#pragma once

#include <any>
#include <string>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// YAML text of a boxed value as Go's yaml.v3 writes it: block style, four blanks a level, the names of a Record's
// fields in lower case, text in quotes where it would be read as something else. The types of to_json(). Throws
// FormatError.
//
// Where the original's form is another one of the same value: text of several lines that begins or ends with a blank or
// an empty line is in double quotes here, and so are line separators (U+2028); keys are in the order of their bytes,
// where the original counts digits in them as numbers.
std::string to_yaml(const std::any& value);

}  // namespace duel::beego::formats
