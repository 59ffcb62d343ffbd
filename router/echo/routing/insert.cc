#include <algorithm>
#include <array>

#include "router/echo/routing/node.h"

// How a route gets into the tree. A pattern is inserted part by part: the text before each parameter, and the
// parameter. A parameter leaves ":" in the text, so that routes whose parameters have other names share their nodes.
namespace duel::echo::routing {
namespace {

// The usual methods in the order of Allow.
constexpr std::array<std::string_view, 10> kAllowed = {"CONNECT", "DELETE",   "GET", "HEAD",  "PATCH",
                                                       "POST",    "PROPFIND", "PUT", "TRACE", "REPORT"};

size_t common_size(std::string_view a, std::string_view b) {
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())), b.begin()).first -
      a.begin());
}

void set_route(Node& node, std::string_view method, const std::shared_ptr<const Route>& route) {
  if (route == nullptr) return;  // a part of a pattern, before a parameter
  node.methods.set(method, route);
  node.params_count = route->names.size();
  node.pattern = route->pattern;
}

std::unique_ptr<Node> make_node(Kind kind, std::string_view prefix) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->prefix = prefix;
  return node;
}

// The node keeps the first `size` bytes of its text. A new child takes the rest and all that the node had.
void split(Node& node, size_t size) {
  auto rest = std::make_unique<Node>(std::move(node));
  node = Node();
  node.prefix = rest->prefix.substr(0, size);
  rest->prefix.erase(0, size);
  node.statics.push_back(std::move(rest));
}

// The child whose text may continue with `text`. ":" and "*" are the texts of parameters.
Node* child_for(Node& node, std::string_view text) {
  if (Node* child = node.static_child(text.front())) return child;
  if (text.front() == ':') return node.param.get();
  return text.front() == '*' ? node.any.get() : nullptr;
}

}  // namespace

void Methods::set(std::string_view method, std::shared_ptr<const Route> route) {
  if (method == kNotFound) {
    not_found_ = std::move(route);
    return;
  }
  routes_[std::string(method)] = std::move(route);
  allow_ = "OPTIONS";
  const auto add = [this](std::string_view name) { allow_.append(", ").append(name); };
  for (const std::string_view usual : kAllowed) {
    if (routes_.contains(usual)) add(usual);
  }
  for (const auto& [name, unused] : routes_) {
    const bool usual = std::find(kAllowed.begin(), kAllowed.end(), name) != kAllowed.end();
    if (!usual && name != "OPTIONS") add(name);
  }
}

void Tree::add(std::string_view method, std::string_view pattern, size_t handler) {
  std::string path(pattern);
  if (!path.starts_with('/')) path.insert(0, "/");
  Route route{.pattern = path, .names = {}, .handler = handler};
  const auto whole = [&] { return std::make_shared<const Route>(route); };
  for (size_t at = 0; at < path.size(); ++at) {
    if (path[at] == ':') {
      if (at > 0 && path[at - 1] == '\\') {  // an ordinary colon
        path.erase(--at, 1);
        continue;
      }
      insert(method, std::string_view(path).substr(0, at), Kind::kStatic, nullptr);
      const size_t end = std::min(path.find('/', at), path.size());
      route.names.push_back(path.substr(at + 1, end - at - 1));
      path.erase(at + 1, end - at - 1);
      const bool is_end = at + 1 == path.size();
      insert(method, std::string_view(path).substr(0, at + 1), Kind::kParam, is_end ? whole() : nullptr);
      // The byte behind the parameter is no beginning of another one.
      ++at;
    } else if (path[at] == '*') {
      insert(method, std::string_view(path).substr(0, at), Kind::kStatic, nullptr);
      route.names.emplace_back("*");
      insert(method, std::string_view(path).substr(0, at + 1), Kind::kAny, whole());
    }
  }
  insert(method, path, Kind::kStatic, whole());
}

void Tree::insert(std::string_view method, std::string_view path, Kind kind, std::shared_ptr<const Route> route) {
  if (route != nullptr) max_params_ = std::max(max_params_, route->names.size());
  Node* node = &root_;
  for (std::string_view rest = path;;) {
    const size_t common = common_size(rest, node->prefix);
    if (common == 0) {  // the root, before the first route
      node->prefix = rest;
      if (route != nullptr) node->kind = kind;
      return set_route(*node, method, route);
    }
    if (common < node->prefix.size()) {
      split(*node, common);
      if (common == rest.size()) {
        node->kind = kind;
        return set_route(*node, method, route);
      }
      node->statics.push_back(make_node(kind, rest.substr(common)));
      return set_route(*node->statics.back(), method, route);
    }
    if (common == rest.size()) return set_route(*node, method, route);  // the place exists
    rest.remove_prefix(common);
    if (Node* const child = child_for(*node, rest)) {
      node = child;
      continue;
    }
    std::unique_ptr<Node> added = make_node(kind, rest);
    if (route != nullptr) added->pattern = route->pattern;
    set_route(*added, method, route);
    if (kind == Kind::kStatic) {
      node->statics.push_back(std::move(added));
    } else {
      (kind == Kind::kParam ? node->param : node->any) = std::move(added);
    }
    return;
  }
}

}  // namespace duel::echo::routing
