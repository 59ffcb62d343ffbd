#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "router/nethttp/routing/children.h"
#include "router/nethttp/routing/pattern.h"

namespace duel::nethttp::routing {

// What a lookup found.
template <typename Node>
struct Match {
  const Node* node = nullptr;
  std::vector<std::string> values;  // of the wildcards with a name, in order
};

// A node of the tree of Go 1.22: the host, then the method, then the segments of the path. A literal wins over a
// wildcard of one segment, and this over a wildcard for the rest; the search goes back where a branch ends without a
// pattern.
template <typename Handler>
class Node {
 public:
  const Pattern* pattern() const { return pattern_.get(); }
  const Handler& handler() const { return handler_; }

  void add(Pattern pattern, Handler handler) {
    Node& host = children_.find_or_add(pattern.host);
    Node* node = host.children_.find_or_add(pattern.method).descend(pattern.segments);
    node->handler_ = std::move(handler);
    node->pattern_ = std::make_unique<Pattern>(std::move(pattern));
  }

  // For the root. `path` is escaped and begins with '/' (that of CONNECT may be empty).
  Match<Node> find(std::string_view host, std::string_view method, std::string_view path) const {
    if (!host.empty()) {
      Match<Node> found = below_host(children_.find(host), method, path);
      if (found.node != nullptr) return found;
    }
    return below_host(children_.find(""), method, path);
  }

  // For the root: adds the methods with which this path has a pattern.
  void add_methods(std::string_view host, std::string_view path, std::set<std::string>& methods) const {
    if (!host.empty()) add_methods_below(children_.find(host), path, methods);
    add_methods_below(children_.find(""), path, methods);
    if (methods.contains("GET")) methods.insert("HEAD");
  }

 private:
  Node* descend(const std::vector<Segment>& segments) {
    Node* node = this;
    for (const Segment& segment : segments) {
      if (segment.multi) {
        if (node->rest_ == nullptr) node->rest_ = std::make_unique<Node>();
        node = node->rest_.get();
      } else {
        node = &node->children_.find_or_add(segment.wild ? std::string() : segment.text);
      }
    }
    return node;
  }

  static Match<Node> below_host(const Node* node, std::string_view method, std::string_view path) {
    Match<Node> found;
    if (node == nullptr) return found;
    const auto with_method = [&](std::string_view tried) {
      const Node* const below = node->children_.find(tried);
      found.values.clear();
      found.node = below == nullptr ? nullptr : below->walk(path, found.values);
      return found.node != nullptr;
    };
    // A route of GET answers HEAD, too. The last one is for every method.
    if (!with_method(method) && !(method == "HEAD" && with_method("GET"))) with_method("");
    return found;
  }

  const Node* walk(std::string_view path, std::vector<std::string>& values) const {
    if (path.empty()) return pattern_ == nullptr ? nullptr : this;
    std::string_view rest = path;
    std::string buffer;
    const std::string_view segment = take_segment(rest, buffer);
    const size_t before = values.size();
    const auto try_below = [&](const Node* node) {
      const Node* const found = node == nullptr ? nullptr : node->walk(rest, values);
      if (found == nullptr) values.resize(before);
      return found;
    };
    if (const Node* found = try_below(children_.find(segment)); found != nullptr) return found;
    if (segment != "/") {
      values.emplace_back(segment);
      if (const Node* found = try_below(children_.find("")); found != nullptr) return found;
      values.resize(before);
    }
    if (rest_ == nullptr) return nullptr;
    if (!rest_->pattern_->last().text.empty()) values.push_back(decode_segment(path.substr(1)));
    return rest_.get();
  }

  static void add_methods_below(const Node* node, std::string_view path, std::set<std::string>& methods) {
    if (node == nullptr) return;
    node->children_.for_each([&](const std::string& method, const Node& below) {
      std::vector<std::string> values;
      if (!method.empty() && below.walk(path, values) != nullptr) methods.insert(method);
    });
  }

  std::unique_ptr<Pattern> pattern_;
  Handler handler_{};
  Children<Node> children_;  // "" is the wildcard of one segment
  std::unique_ptr<Node> rest_;
};

}  // namespace duel::nethttp::routing
