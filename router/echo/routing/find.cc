#include <algorithm>
#include <cstdint>

#include "http/grammar/short_text.h"
#include "router/echo/routing/tree.h"

namespace duel::echo::routing {
namespace {

// The size of the text before the first slash. Most segments are short: a call of memchr would take longer.
inline size_t segment_size(std::string_view text) {
  constexpr size_t kShort = 16;
  const size_t few = std::min(text.size(), kShort);
  for (size_t i = 0; i < few; ++i) {
    if (text[i] == '/') return i;
  }
  return std::min(text.find('/', few), text.size());
}

// A lookup. At each node the static child is tried first, then the parameter, then the rest of the path. If a branch
// ends without a route, the search goes back to the last node with another branch. A node for the rest of the path ends
// the search in any case, as in Echo.
class Walk {
 public:
  Walk(std::string_view method, std::span<std::string_view> values) : method_(method), values_(values) {}

  Found run(const Node& root, std::string_view path) {
    if (path.starts_with(root.prefix)) below(root, path.substr(root.prefix.size()), 0);
    return {.route = route_, .place = route_ == nullptr ? first_ : nullptr};
  }

 private:
  enum class Next : uint8_t { kGoBack, kStop };

  void note(const Place& place) {
    if (first_ == nullptr) first_ = &place;
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

  // Whether the path ends here with a route.
  bool ends_at(const Node& node) {
    if (node.place == nullptr) return false;
    if (node.place->empty()) {
      route_ = node.place->not_found();
    } else {
      note(*node.place);
      route_ = node.place->find(method_);
    }
    return route_ != nullptr;
  }

  Next into_static(const Node& node, std::string_view rest, size_t depth) {
    const Node* const child = node.static_child(rest.front());
    if (child == nullptr) return Next::kGoBack;
    // A literal colon can put a node of another kind among the static ones. Its text is not compared.
    if (child->kind != Kind::kStatic) return below(*child, rest, depth);
    return http::grammar::begins_with(rest, child->prefix) ? below(*child, rest.substr(child->prefix.size()), depth)
                                                           : Next::kGoBack;
  }

  Next into_param(const Node& node, std::string_view rest, size_t depth) {
    const Node* const child = node.param.get();
    if (child == nullptr || depth >= values_.size()) return Next::kGoBack;
    // If no route goes on below, the parameter has the rest of the path with its slashes.
    const size_t size = child->is_leaf() ? rest.size() : segment_size(rest);
    values_[depth] = rest.substr(0, size);
    const Next next = below(*child, rest.substr(size), depth + 1);
    if (next == Next::kGoBack) values_[depth] = {};
    return next;
  }

  Next into_any(const Node& node, std::string_view rest) {
    const Node* const child = node.any.get();
    if (child == nullptr) return Next::kGoBack;
    const Place& place = *child->place;
    const bool has_value = place.params() > 0 && place.params() <= values_.size();
    if (has_value) values_[place.params() - 1] = rest;
    route_ = place.find(method_);
    if (route_ == nullptr) {
      note(place);
      route_ = place.not_found();
    }
    if (route_ == nullptr && has_value) values_[place.params() - 1] = {};
    return Next::kStop;
  }

  std::string_view method_;
  std::span<std::string_view> values_;
  const Route* route_ = nullptr;
  const Place* first_ = nullptr;
};

}  // namespace

const Route* Place::find(std::string_view method) const {
  for (const Route& route : routes_) {
    if (http::grammar::same_text(method, route.method)) return &route;
  }
  return nullptr;
}

const Node* Node::static_child(char first) const {
  for (size_t i = 0; i < first_bytes.size(); ++i) {
    if (first_bytes[i] == first) return &statics[i];
  }
  return nullptr;
}

Found Tree::find(std::string_view method, std::string_view path, std::span<std::string_view> values) const {
  return Walk(method, values).run(root_, path);
}

}  // namespace duel::echo::routing
