#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duel::servers::config {

// Of `names` the one that was meant, as " (did you mean X?)"; empty if none is near.
std::string suggestion(std::string_view name, const std::vector<std::string>& names);

}  // namespace duel::servers::config
