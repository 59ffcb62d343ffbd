#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace duel::beego::testing {

// A matcher without a tree, for tests. It tries each pattern and ranks the patterns that match by the rules in tree.h.
using Segments = std::vector<std::string>;

// The segments with a slash before each; "/" if there is no segment.
std::string text_of(const Segments& segments);

// The index of the pattern that wins for this path. If the same pattern occurs twice, the last one wins. A pattern has
// fixed segments and parameters (`:name`), and may have a `*` at its end. The path's last segment must not end in
// .json, .xml or .html.
std::optional<size_t> naive_match(std::span<const Segments> patterns, const Segments& path);

}  // namespace duel::beego::testing
