#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duel::echo::routing {

enum class Kind : uint8_t { kStatic, kParam, kAny };

// A route at its place in the tree.
struct Route {
  std::string pattern;
  std::vector<std::string> names;  // of the parameters, "*" for the rest
  size_t handler = 0;              // an index into the table of the application
};

// The routes of one place, by method.
class Methods {
 public:
  static constexpr std::string_view kNotFound = "echo_route_not_found";  // stands for a method

  void set(std::string_view method, std::shared_ptr<const Route> route);
  const Route* find(std::string_view method) const;
  const Route* not_found() const { return not_found_.get(); }
  bool empty() const { return routes_.empty(); }  // besides not_found()
  // The value of Allow: OPTIONS, the usual methods in a fixed order, then the others.
  const std::string& allow() const { return allow_; }

 private:
  std::map<std::string, std::shared_ptr<const Route>, std::less<>> routes_;
  std::shared_ptr<const Route> not_found_;
  std::string allow_;
};

// A node of the radix tree. A static node has a text, of which it is the longest common beginning of its children; a
// node of a parameter and a node of the rest stand below their parent beside the static children.
struct Node {
  Kind kind = Kind::kStatic;
  std::string prefix;
  std::vector<std::unique_ptr<Node>> statics;
  std::unique_ptr<Node> param;
  std::unique_ptr<Node> any;
  Methods methods;
  std::string pattern;      // of the route that was added last
  size_t params_count = 0;  // likewise

  bool is_leaf() const { return statics.empty() && param == nullptr && any == nullptr; }
  Node* static_child(char first) const;
};

// What a lookup found.
struct Found {
  const Route* route = nullptr;  // null: no handler
  const Node* node = nullptr;    // if `route` is null: the first place that matches the path; null if there is none
};

// The tree of one host.
class Tree {
 public:
  // `handler` is the index that the route gets. The last route of a method and place wins.
  void add(std::string_view method, std::string_view pattern, size_t handler);
  // The values of the parameters are written to `values`, which must have room for max_params() texts; they are views
  // of `path`.
  Found find(std::string_view method, std::string_view path, std::span<std::string_view> values) const;
  size_t max_params() const { return max_params_; }

 private:
  void insert(std::string_view method, std::string_view path, Kind kind, std::shared_ptr<const Route> route);

  Node root_;
  size_t max_params_ = 0;
};

}  // namespace duel::echo::routing
