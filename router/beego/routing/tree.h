// For the Beego style's registration and filters: the tree that finds routes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/routing/children.h"
#include "router/beego/routing/path_segments.h"
#include "router/beego/routing/regex.h"
#include "router/beego/routing/route_error.h"
#include "router/beego/routing/segment.h"
#include "router/beego/routing/shared_names.h"
#include "router/beego/values/params.h"
#include "router/beego/values/url_values.h"

namespace duel::beego {
struct Route;
}

namespace duel::beego::routing {

// The routes of one HTTP method, or the pattern of one filter, as a tree of path segments. A Tree is one node and
// everything below it.
//
//   /user/:id  /user/me  /static/*          root -- user -- me.        fixed children: a map by segment
//                                             \        \-- wildcard.     at most one wildcard child
//                                              \- static -- wildcard.    a dot: the pattern ends in a leaf here
//
// A match tries at each node, in this order: the fixed children; if this is the last segment, the fixed children for
// the segment without its extension .json, .xml or .html; the wildcard child; the leaves of the node itself, with the
// rest of the path. The first leaf that accepts the values wins; the leaf that was registered last is tried first.
// Every leaf that accepts its values sets its parameters, even if another leaf wins afterwards. This is visible in
// applications of beego 2.1.0.
//
// One thread builds the tree. Afterwards any number of threads may call the const members.
class Tree {
 public:
  struct Leaf {
    SharedNames names;                   // of the wildcards between the root and the leaf
    std::shared_ptr<const Regex> regex;  // matches the values, joined by '/'; null if each name takes one value
    std::shared_ptr<Route> route;        // null in the tree of a filter
  };

  // Throws RouteError for a bad regular expression, and leaves the tree unchanged.
  void add(std::string_view pattern, const std::shared_ptr<Route>& route);

  // Adds `tree` below `prefix`, so that its routes begin with the prefix. From then on the two trees share nodes. If
  // the last segment of the prefix already has a fixed child here, both children stay, and the older one is tried
  // first. Throws RouteError for an empty or bad prefix, and leaves the tree unchanged.
  void add_tree(std::string_view prefix, const std::shared_ptr<Tree>& tree);

  // Cleans and splits `path` and walks the tree. Returns the leaf that wins, or null. Sets `params`, whose texts are
  // views of the path and of the tree.
  const Leaf* match(std::string_view path, values::Params& params) const;

  // A path to a route for which `wanted` returns true. The wildcards get their values from `values`; used values are
  // removed there. nullopt if there is no such route, or a value is missing or does not fit.
  std::optional<std::string> path_to(const std::function<bool(const Route&)>& wanted, values::UrlValues& values) const;

  // Calls visit(Route&) for each leaf that has a route.
  template <typename Visitor>
  void for_each_route(Visitor visit) const {
    for (const Children::Child& child : fixed_) child.tree->for_each_route(visit);
    if (wildcard_) wildcard_->for_each_route(visit);
    for (const Leaf& leaf : leaves_) {
      if (leaf.route) visit(*leaf.route);
    }
  }

 private:
  struct Walk;
  using Segments = std::vector<std::string>;

  void add_segments(const Segments& segments, size_t at, const std::shared_ptr<Route>& route, const SharedNames& names,
                    const std::string& regex);
  void add_tree_segments(const Segments& segments, size_t at, const std::shared_ptr<Tree>& tree,
                         const SharedNames& names, const std::string& regex);
  void extend_leaves(const SharedNames& names, std::string regex);

  // `branch`: the segments from the root to this node; a wildcard is nullopt.
  std::optional<std::string> path_below(std::vector<std::optional<std::string>>& branch,
                                        const std::function<bool(const Route&)>& wanted,
                                        values::UrlValues& values) const;

  const Leaf* walk(Walk& state, size_t at, std::string_view tail) const;
  const Leaf* walk_without_extension(Walk& state, size_t at, std::string_view tail) const;
  const Leaf* match_leaves(const Walk& state, size_t at, std::string_view tail) const;

  Children fixed_;
  std::shared_ptr<Tree> wildcard_;
  std::vector<Leaf> leaves_;
};

}  // namespace duel::beego::routing
