#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::gin::testing {

struct NaiveMatch {
  size_t pattern = 0;  // index in the list
  std::vector<std::pair<std::string, std::string>> params;
};

// The oracle: a complete search in a list of patterns by Gin's rule of priority, written independently of the router.
// Of the patterns that match the path so far, patterns whose next byte equals that of the path come first, then
// patterns with a parameter in this position (its value ends before the next slash and may be empty if a slash
// follows), then patterns with a catch-all (its value begins with the slash before it).
std::optional<NaiveMatch> naive_match(const std::vector<std::string>& patterns, std::string_view path);

}  // namespace duel::gin::testing
