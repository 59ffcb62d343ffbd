#pragma once

#include <string>
#include <string_view>

#include "router/beego/values/text_map.h"

namespace duel::beego::views {

// The text of a template with all {{> partials}} in their places, looked up in `sources`. Throws ViewError: a partial
// that is not there or includes itself, a tag that does not end, too much text, sections too deep, other delimiters.
std::string expand_partials(std::string_view name, const values::TextMap<std::string>& sources);

}  // namespace duel::beego::views
