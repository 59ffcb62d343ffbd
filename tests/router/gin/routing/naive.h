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

// The oracle: a full search over a list of patterns by Gin's rule, written from the rule and from nothing else. Of the
// patterns that agree with the path so far, those that go on with its next byte come first, then those with a parameter
// here (up to the next slash, possibly empty if a slash follows), then those with a catch-all, whose value begins with
// the slash before it.
std::optional<NaiveMatch> naive_match(const std::vector<std::string>& patterns, std::string_view path);

}  // namespace duel::gin::testing
