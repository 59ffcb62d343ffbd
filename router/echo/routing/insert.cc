#include <algorithm>
#include <array>
#include <utility>

#include "router/echo/routing/tree.h"

// How a route is added to the tree. A pattern is inserted part by part: the text before each parameter, then the
// parameter. In the tree a parameter has the text ":", so that routes whose parameters have other names share nodes.
namespace duel::echo::routing {
namespace {

// The usual methods in the order that Echo writes them to Allow.
constexpr std::array<std::string_view, 10> kUsualMethods = {"CONNECT", "DELETE",   "GET", "HEAD",  "PATCH",
                                                            "POST",    "PROPFIND", "PUT", "TRACE", "REPORT"};

size_t common_size(std::string_view a, std::string_view b) {
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())), b.begin()).first -
      a.begin());
}

void set_route(Node& node, const Route* route) {
  if (route == nullptr) return;  // the beginning of a pattern, before a parameter
  if (node.place == nullptr) node.place = std::make_unique<Place>();
  node.place->set(*route);
}

Node make_node(Kind kind, std::string_view prefix) {
  Node node;
  node.kind = kind;
  node.prefix = prefix;
  return node;
}

// The node keeps the first `size` bytes of its text. A new child takes the rest and all that the node had.
void split(Node& node, size_t size) {
  Node rest = std::exchange(node, Node());
  node.prefix = rest.prefix.substr(0, size);
  rest.prefix.erase(0, size);
  node.add_static(std::move(rest));
}

Node& add_child(Node& parent, Node child) {
  if (child.kind == Kind::kStatic) return parent.add_static(std::move(child));
  std::unique_ptr<Node>& to = child.kind == Kind::kParam ? parent.param : parent.any;
  to = std::make_unique<Node>(std::move(child));
  return *to;
}

// The child whose text may continue with `text`. ":" and "*" are the texts of parameters.
Node* child_for(Node& node, std::string_view text) {
  const size_t at = node.first_bytes.find(text.front());
  if (at != std::string::npos) return &node.statics[at];
  if (text.front() == ':') return node.param.get();
  return text.front() == '*' ? node.any.get() : nullptr;
}

}  // namespace

void Place::set(const Route& route) {
  pattern_ = route.pattern;
  params_ = route.names.size();
  if (route.method == kRouteNotFound) {
    not_found_ = route;
    return;
  }
  const auto same =
      std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.method == route.method; });
  if (same != routes_.end()) {
    *same = route;
    return;
  }
  routes_.push_back(route);
  allow_ = "OPTIONS";
  const auto is_usual = [](std::string_view name) {
    return std::find(kUsualMethods.begin(), kUsualMethods.end(), name) != kUsualMethods.end();
  };
  for (const std::string_view usual : kUsualMethods) {
    if (find(usual) != nullptr) allow_.append(", ").append(usual);
  }
  for (const Route& each : routes_) {
    if (!is_usual(each.method) && each.method != "OPTIONS") allow_.append(", ").append(each.method);
  }
}

Node& Node::add_static(Node child) {
  first_bytes += child.prefix.front();
  return statics.emplace_back(std::move(child));
}

void Tree::add(std::string_view method, std::string_view pattern, size_t handler) {
  std::string path(pattern);
  if (!path.starts_with('/')) path.insert(0, "/");
  Route route{.method = std::string(method), .pattern = path, .names = {}, .handler = handler};
  const auto part = [&](size_t size) { return std::string_view(path).substr(0, size); };
  for (size_t at = 0; at < path.size(); ++at) {
    if (path[at] == ':') {
      if (at > 0 && path[at - 1] == '\\') {  // an ordinary colon
        path.erase(--at, 1);
        continue;
      }
      insert(part(at), Kind::kStatic, nullptr);
      const size_t end = std::min(path.find('/', at), path.size());
      route.names.push_back(path.substr(at + 1, end - at - 1));
      path.erase(at + 1, end - at - 1);
      insert(part(at + 1), Kind::kParam, at + 1 == path.size() ? &route : nullptr);
      ++at;  // as in Echo, the byte behind a parameter does not begin another one
    } else if (path[at] == '*') {
      insert(part(at), Kind::kStatic, nullptr);
      route.names.emplace_back("*");
      insert(part(at + 1), Kind::kAny, &route);
    }
  }
  insert(path, Kind::kStatic, &route);
}

void Tree::insert(std::string_view path, Kind kind, const Route* route) {
  if (route != nullptr) max_params_ = std::max(max_params_, route->names.size());
  Node* node = &root_;
  for (std::string_view rest = path;;) {
    const size_t common = common_size(rest, node->prefix);
    if (common == 0) {  // the root, before the first route
      node->prefix = rest;
      if (route != nullptr) node->kind = kind;
      return set_route(*node, route);
    }
    if (common < node->prefix.size()) {
      split(*node, common);
      if (common == rest.size()) {
        node->kind = kind;
        return set_route(*node, route);
      }
      return set_route(node->add_static(make_node(kind, rest.substr(common))), route);
    }
    if (common == rest.size()) return set_route(*node, route);  // the place exists
    rest.remove_prefix(common);
    Node* const child = child_for(*node, rest);
    if (child == nullptr) return set_route(add_child(*node, make_node(kind, rest)), route);
    node = child;
  }
}

}  // namespace duel::echo::routing
