// The radix tree of routes, for Echo and for benchmarks of the lookup.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duel::echo::routing {

// Stands for a method: the route is for paths without a route of the request's method (Echo's RouteNotFound).
inline constexpr std::string_view kRouteNotFound = "echo_route_not_found";

// A route at its place in the tree.
struct Route {
  std::string method;  // or kRouteNotFound
  std::string pattern;
  std::vector<std::string> names;  // of the parameters; "*" for the rest of the path
  size_t handler = 0;              // an index that the owner of the tree chose
};

// A place of the tree that has routes.
class Place {
 public:
  // Replaces the route with the same method.
  void set(const Route& route);
  // Null if there is none. Returns no route with kRouteNotFound.
  const Route* find(std::string_view method) const;
  const Route* not_found() const { return not_found_ ? &*not_found_ : nullptr; }
  bool empty() const { return routes_.empty(); }  // not_found() does not count
  // The value of Allow: OPTIONS, the usual methods in Echo's order, then other methods in the order of set().
  const std::string& allow() const { return allow_; }
  const std::string& pattern() const { return pattern_; }  // of the route that was set last
  size_t params() const { return params_; }                // of the same route

 private:
  std::vector<Route> routes_;
  std::optional<Route> not_found_;
  std::string allow_;
  std::string pattern_;
  size_t params_ = 0;
};

enum class Kind : uint8_t { kStatic, kParam, kAny };

// A node of the tree. A static node has a text: the longest common beginning of its static children. A parameter and
// the rest of a path are nodes beside the static children. A lookup reads many nodes, so they are small: two cache
// lines on x86-64.
struct Node {
  std::string prefix;
  std::string first_bytes;  // of the static children's texts, in the order of `statics`
  std::vector<Node> statics;
  std::unique_ptr<Node> param;
  std::unique_ptr<Node> any;     // always has a place
  std::unique_ptr<Place> place;  // null: no route
  Kind kind = Kind::kStatic;

  bool is_leaf() const { return statics.empty() && param == nullptr && any == nullptr; }
  const Node* static_child(char first) const;
  Node& add_static(Node child);
};

// The result of a lookup. At most one member is not null. Both belong to the tree.
struct Found {
  const Route* route = nullptr;
  const Place* place = nullptr;  // the first one that matches the path and has only other methods
};

// The routes of one host. Add all routes before the first lookup; then any number of threads can look up.
class Tree {
 public:
  // A pattern is text, `:name` up to the next slash, and `*` for the rest; `\:` is a colon. The last route of a method
  // and place wins. Every pattern is accepted, as in Echo. `handler` becomes Route::handler.
  void add(std::string_view method, std::string_view pattern, size_t handler);
  // Writes the values of the route's parameters to `values`, which needs room for max_params() texts. The values are
  // views of `path`.
  Found find(std::string_view method, std::string_view path, std::span<std::string_view> values) const;
  size_t max_params() const { return max_params_; }

 private:
  void insert(std::string_view path, Kind kind, const Route* route);

  Node root_;
  size_t max_params_ = 0;
};

}  // namespace duel::echo::routing
