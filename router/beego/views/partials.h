// For views.cc.
#pragma once

#include <string>
#include <string_view>

#include "router/beego/values/text_map.h"

namespace duel::beego::views {

// The text of the template `name` of `sources`, with every {{> partial}} replaced by the text of that template. Throws
// ViewError if a partial is missing or includes itself, if a tag does not end, if the text is too large or nested too
// deep, and if it sets other delimiters.
std::string expand_partials(std::string_view name, const values::TextMap<std::string>& sources);

}  // namespace duel::beego::views
