// For programs that register a route set with the mux of Go 1.22.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace duel::sets {

// The pattern of a set, which has Gin's syntax, in that of Go 1.22: "/a/:b/*c" becomes "/a/{b}/{c...}".
inline std::string go_pattern(std::string_view pattern) {
  std::string result;
  while (!pattern.empty()) {
    const std::string_view segment = pattern.substr(1, std::min(pattern.find('/', 1), pattern.size()) - 1);
    const bool is_rest = segment.starts_with('*');
    const bool is_wild = is_rest || segment.starts_with(':');
    result.append(is_wild ? "/{" : "/").append(segment.substr(is_wild)).append(is_rest ? "...}" : is_wild ? "}" : "");
    pattern.remove_prefix(1 + segment.size());
  }
  return result;
}

}  // namespace duel::sets
