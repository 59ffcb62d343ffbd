// For controllers of the Beego style.
#pragma once

#include <any>
#include <string>

#include "router/beego/formats/format_error.h"

namespace duel::beego::formats {

// The XML text of a boxed value, as Go's encoding/xml writes it. A Record is an element with the name of its type,
// which contains one element per field. The items of a list are elements side by side. Any other value is an element
// with the name of its Go type. An empty box writes nothing. With `indent`, each element begins a line, with two spaces
// per level.
//
// Known types: those of to_json() without the maps, which have no name in XML. Throws FormatError.
std::string to_xml(const std::any& value, bool indent);

}  // namespace duel::beego::formats
