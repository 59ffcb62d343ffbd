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
// At each position it tries the patterns that match the path so far, in this order:
// 1. patterns whose next byte equals the next byte of the path,
// 2. patterns with a parameter here. Its value ends before the next slash and may be empty if a slash follows.
// 3. patterns with a catch-all here. Its value begins with the slash before it.
std::optional<NaiveMatch> naive_match(const std::vector<std::string>& patterns, std::string_view path);

}  // namespace duel::gin::testing
