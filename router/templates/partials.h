// For template_set.cc.
#pragma once

#include <string>
#include <string_view>

#include "router/templates/template_set.h"

namespace duel::templates {

// The text of the template `name` of `sources`, with every {{> partial}} replaced by the text of that template. It
// begins with the delimiters, if they are not those of Mustache. Throws TemplateError if a partial is missing or
// includes itself, if a tag does not end, if the text is too large or nested too deep, and if it sets other delimiters.
std::string expand_partials(std::string_view name, const Sources& sources, const Delimiters& delimiters);

}  // namespace duel::templates
