#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "router/gin/routing/compile.h"
#include "router/gin/routing/tree.h"

// The slow answers for a path without a route. Both walk the tree as Gin does, mistakes included: which redirect a
// client gets depends on where Gin's walk ends. The caller looks the advised path up before it redirects to it.
namespace duel::gin::routing {

// A method's tree without its size, for code that is not a template.
struct TreeView {
  const Node* nodes = nullptr;
  size_t size = 0;
  const FlatRoute* routes = nullptr;
  const char* text_of_routes = nullptr;

  const Node& node(int i) const { return nodes[i]; }
  std::string_view text(int i) const {
    return {text_of_routes + routes[nodes[i].pattern].pattern_at + nodes[i].at, nodes[i].size};
  }
  int child(int i, char key) const {
    for (int child = nodes[i].first; child < nodes[i].first + nodes[i].count; ++child) {
      if (nodes[child].key == static_cast<uint8_t>(key)) return child;
    }
    return kNone;
  }
};

// A place where the walk took a static child and could have taken the wildcard.
struct Skipped {
  int node;
  std::string_view path;  // from the node's own text on
};

// Whether Gin would try the path with one slash more or less at its end. `skipped` has room for every node that has
// both static children and a wildcard.
bool search_slash_redirect(const TreeView& tree, std::string_view path, Skipped* skipped);

// The path that a clean path becomes if letter case is ignored and, where asked, a slash at the end is added or
// removed. Writes to `to` (path.size() + 1 bytes) and returns its size, or nothing if no route is found.
std::optional<size_t> search_case_redirect(const TreeView& tree, std::string_view path, bool fix_slash, char* to);

}  // namespace duel::gin::routing
