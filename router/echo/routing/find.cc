#include <algorithm>

#include "router/echo/routing/node.h"

namespace duel::echo::routing {
namespace {

// A lookup. A static child is tried before the parameter, and this before the rest of the path. Where a branch ends
// without a handler, the search goes back; but it ends for good at a node for the rest.
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
  const auto found = routes_.find(method);
  return found == routes_.end() ? nullptr : found->second.get();
}

Node* Node::static_child(char first) const {
  const auto found = std::find_if(statics.begin(), statics.end(), [first](const std::unique_ptr<Node>& child) {
    return child->prefix.front() == first;
  });
  return found == statics.end() ? nullptr : found->get();
}

Found Tree::find(std::string_view method, std::string_view path, std::span<std::string_view> values) const {
  return Walk(method, values).run(root_, path);
}

}  // namespace duel::echo::routing
