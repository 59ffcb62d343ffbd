#pragma once

#include <any>
#include <string>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// XML text of a boxed value as Go's encoding/xml writes it: a Record is an element of its type's name with one of each
// field's, the items of a list are elements side by side, a value alone is an element named by its Go type; nothing
// stays out. `indent`: a line for each element, two blanks a level. The types of to_json(), less Map, which has no
// order and no name. Throws FormatError.
std::string to_xml(const std::any& value, bool indent);

}  // namespace duel::beego::formats
