#pragma once

#include <functional>
#include <string_view>

namespace duel::nethttp::routing {

// For hash tables whose keys are texts: a view is searched without a copy.
struct TextHash : std::hash<std::string_view> {
  using is_transparent = void;
};

}  // namespace duel::nethttp::routing
