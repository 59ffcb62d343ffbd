#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace duel::beego::testing {

// A matcher without a tree, for tests: it looks at every pattern in turn and ranks those that fit by the rules that
// tree.h states.
using Segments = std::vector<std::string>;

// With a slash before each; "/" if there is none.
std::string text_of(const Segments& segments);

// Which of the patterns takes the path; of equal ones the last. Patterns are of fixed segments and parameters
// (`:name`), with a `*` at the end or not. The path's last segment must not end in .json, .xml or .html.
std::optional<size_t> naive_match(std::span<const Segments> patterns, const Segments& path);

}  // namespace duel::beego::testing
