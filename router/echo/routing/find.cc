#include <algorithm>

#include "router/echo/routing/tree.h"

namespace duel::echo::routing {
namespace {

// A lookup. At each node the static child is tried first, then the parameter, then the rest of the path. If a branch
// ends without a route, the search goes back to the last node with another branch. A node for the rest of the path ends
// the search in any case, as in Echo.
class Walk {
 public:
  Walk(std::string_view method, std::span<std::string_view> values) : method_(method), values_(values) {}

  Found run(const Node& root, std::string_view path) {
    if (path.starts_with(root.prefix)) below(root, path.substr(root.prefix.size()), 0);
    if (route_ != nullptr || first_ == nullptr) return {route_, nullptr};
    return {nullptr, first_};
  }

 private:
  enum class Next : uint8_t { kGoBack, kStop };

  void note(const Node& node) {
    if (first_ == nullptr) first_ = &node;
  }

  // `rest` follows the node; `depth` parameters were read before it.
  Next below(const Node& node, std::string_view rest, size_t depth) {
    if (rest.empty() && ends_at(node)) return Next::kStop;
    if (!rest.empty()) {
      if (into_static(node, rest, depth) == Next::kStop || into_param(node, rest, depth) == Next::kStop)
        return Next::kStop;
    }
    return into_any(node, rest);
  }

  // Whether the path ends here with a handler.
  bool ends_at(const Node& node) {
    if (node.methods.empty()) {
      route_ = node.methods.not_found();
      return route_ != nullptr;
    }
    note(node);
    route_ = node.methods.find(method_);
    return route_ != nullptr;
  }

  Next into_static(const Node& node, std::string_view rest, size_t depth) {
    const Node* const child = node.static_child(rest.front());
    if (child == nullptr) return Next::kGoBack;
    // A literal colon can put a node of another kind among the static ones. Its text is not compared.
    if (child->kind != Kind::kStatic) return below(*child, rest, depth);
    return rest.starts_with(child->prefix) ? below(*child, rest.substr(child->prefix.size()), depth) : Next::kGoBack;
  }

  Next into_param(const Node& node, std::string_view rest, size_t depth) {
    const Node* const child = node.param.get();
    if (child == nullptr || depth >= values_.size()) return Next::kGoBack;
    // If no route goes on below, the parameter has the rest of the path with its slashes.
    const size_t size = child->is_leaf() ? rest.size() : std::min(rest.find('/'), rest.size());
    values_[depth] = rest.substr(0, size);
    const Next next = below(*child, rest.substr(size), depth + 1);
    if (next == Next::kGoBack) values_[depth] = {};
    return next;
  }

  Next into_any(const Node& node, std::string_view rest) {
    const Node* const child = node.any.get();
    if (child == nullptr) return Next::kGoBack;
    const bool has_value = child->params_count > 0 && child->params_count <= values_.size();
    if (has_value) values_[child->params_count - 1] = rest;
    route_ = child->methods.find(method_);
    if (route_ == nullptr) {
      note(*child);
      route_ = child->methods.not_found();
    }
    if (route_ == nullptr && has_value) values_[child->params_count - 1] = {};
    return Next::kStop;
  }

  std::string_view method_;
  std::span<std::string_view> values_;
  const Route* route_ = nullptr;
  const Node* first_ = nullptr;
};

}  // namespace

const Route* Methods::find(std::string_view method) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& r) { return r.method == method; });
  return found == routes_.end() ? nullptr : &*found;
}

Node* Node::static_child(char first) const {
  const size_t at = first_bytes.find(first);
  return at == std::string::npos ? nullptr : statics[at].get();
}

Found Tree::find(std::string_view method, std::string_view path, std::span<std::string_view> values) const {
  return Walk(method, values).run(root_, path);
}

}  // namespace duel::echo::routing
