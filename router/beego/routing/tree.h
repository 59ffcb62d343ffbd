#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// The routes of one HTTP method (or the pattern of one filter), as a tree of path segments.
//
//   /user/:id  /user/me  /static/*          root -- user -- me.        a node's fixed children: a map by segment
//                                             \        \-- wildcard.     its wildcard child: at most one
//                                              \- static -- wildcard.    a dot: leaves, where patterns end
//
// A match tries at each node: fixed children, the same without .json .xml .html behind the last segment, the wildcard
// child, then the leaves of the node itself with all that remains. The first leaf that takes the values wins; the leaf
// registered last is asked first. Parameters are set by every leaf that takes its values, so also by one whose node is
// then overruled: the original does so, and its applications see it.
//
// Building is for one thread; match() may run on many at once.
class Tree {
 public:
  struct Leaf {
    SharedNames names;                   // of the wildcards on the way to it
    std::shared_ptr<const Regex> regex;  // over the wildcard values joined by '/'; null: names suffice
    std::shared_ptr<Route> route;        // null in the tree of a filter

    bool match(std::string_view tail, std::span<const std::string_view> values, values::Params& params) const;

   private:
    static void match_path_and_extension(std::span<const std::string> names_before,
                                         std::span<const std::string_view> values, values::Params& params);
  };

  // Throws RouteError and leaves the tree as it was if the pattern has a bad regular expression.
  void add(std::string_view pattern, const std::shared_ptr<Route>& route);

  // Hangs `tree` under `prefix`: its routes now begin with it. The trees share nodes from then on. A fixed child of the
  // same name is not merged but stands behind the older one. Throws RouteError if the prefix is empty or bad.
  void add_tree(std::string_view prefix, const std::shared_ptr<Tree>& tree);

  // Cleans `path`, splits it and walks the tree; the leaf that took it, or null. Sets `params`.
  const Leaf* match(std::string_view path, values::Params& params) const;

  // A path that leads to a route for which `wanted` holds, each wildcard filled from `values`, of which those are taken
  // out that were used; nothing if there is no such route or a value is missing or does not fit.
  std::optional<std::string> path_to(const std::function<bool(const Route&)>& wanted, values::UrlValues& values) const;

  // Calls visit(Route&) for each leaf that has one.
  template <typename Visitor>
  void for_each_route(Visitor visit) const {
    for (const auto& [segment, tree] : fixed_in_order_) tree->for_each_route(visit);
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

  // `branch`: the segments from the root to this node; a wildcard is nothing.
  std::optional<std::string> path_below(std::vector<std::optional<std::string>>& branch,
                                        const std::function<bool(const Route&)>& wanted,
                                        values::UrlValues& values) const;

  const Leaf* walk(Walk& state, size_t at, std::string_view tail) const;
  const Leaf* walk_without_extension(Walk& state, size_t at, std::string_view tail) const;
  const Leaf* match_leaves(const Walk& state, std::string_view tail) const;

  void add_fixed(const std::string& segment, const std::shared_ptr<Tree>& tree);

  values::TextMap<std::vector<std::shared_ptr<Tree>>> fixed_;
  std::vector<std::pair<std::string, Tree*>> fixed_in_order_;  // the same, as added: so are SharedNames shared
  std::shared_ptr<Tree> wildcard_;
  std::vector<Leaf> leaves_;
};

}  // namespace duel::beego::routing
