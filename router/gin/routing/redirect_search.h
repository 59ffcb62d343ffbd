#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "router/gin/routing/compile.h"
#include "router/gin/routing/tree.h"

// For no_route.cc: for a path without a route, the search for a similar path that has one. Both searches walk the tree
// as Gin does, including Gin's mistakes, because the choice of the redirect depends on where Gin's walk ends.
// The caller must look up the found path before it redirects to it.
namespace duel::gin::routing {

// The tree of one method without template parameters, so that the searches need not be templates.
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

// A node where the search took a static child although there is a wildcard child. It goes back here if it fails.
struct Skipped {
  int node;
  std::string_view path;  // the rest of the path, beginning with the node's own text
};

// Returns whether Gin recommends to add or remove a trailing slash (the value `tsr` in Gin). `skipped` is scratch
// memory with room for all nodes of the tree.
bool search_slash_redirect(const TreeView& tree, std::string_view path, Skipped* skipped);

// Searches for a route without regard to letter case (Gin's findCaseInsensitivePath); with `fix_slash`, also with a
// trailing slash added or removed. `path` is clean. Writes the found path to `to`, which has room for path.size() + 1
// bytes, and returns its size, or returns nothing if no route is found.
std::optional<size_t> search_case_redirect(const TreeView& tree, std::string_view path, bool fix_slash, char* to);

}  // namespace duel::gin::routing
