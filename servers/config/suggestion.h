#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duel::servers::config {

// Finds the most similar of `names` and returns it as " (did you mean X?)". Returns "" if no name is similar.
std::string suggestion(std::string_view name, const std::vector<std::string>& names);

}  // namespace duel::servers::config
