#pragma once

#include <string_view>

namespace duel::servers::demo {

// Writes the answer of the GitHub API routes: a line with the pattern, then a line per parameter.
//
//   /repos/:owner/:repo
//   owner=golang
//   repo=go
//
// `append(piece)` appends to the answer. `param(name)` returns the value of a parameter.
template <typename Append, typename Param>
void describe_route(std::string_view pattern, Append append, Param param) {
  append(pattern);
  append("\n");
  for (size_t at = pattern.find_first_of(":*"); at != std::string_view::npos; at = pattern.find_first_of(":*", at)) {
    const std::string_view name = pattern.substr(at + 1, pattern.find('/', at) - at - 1);
    append(name);
    append("=");
    append(param(name));
    append("\n");
    at += name.size() + 1;
  }
}

}  // namespace duel::servers::demo
