#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/grammar/clean_path.h"

// For the rest of this folder: the tree of one method, built at compile time. It has the shape of Gin's tree, because
// Gin's refusals and its recommendation about trailing slashes depend on where the nodes begin and end:
//
//   GET /user/:id, /users, /files/*path        "/"
//                                              |- "user" --- "/" --(wild)-- ":id" *
//                                              |         `-- "s" *
//                                              `- "files" -- "" --(wild)-- "/*path" *        (* a route ends here)
//
// The text of a node is a piece of a pattern. Its static children begin with different bytes (`key`). In addition it
// has at most one wildcard child. The only child of a parameter begins with '/'. The parent of a catch-all has no text.
namespace duel::gin::routing {

// The reasons to refuse a route. Those up to kBadMethod are Gin's own panics.
enum class Refusal : uint8_t {
  kNone,
  kWildcardConflict,        // an earlier route has a different wildcard, or a catch-all, in this position
  kCatchAllConflict,        // a catch-all in a position where an earlier route continues
  kDuplicate,               // the pattern of an earlier route
  kManyWildcardsInSegment,  // "/:a:b"
  kEmptyWildcardName,       // "/:/x"
  kCatchAllNotLast,         // "/*a/b"
  kNoSlashBeforeCatchAll,   // "/a*b"
  kBadMethod,               // not in capital letters
  kTooManyParams,           // more than kMaxParams wildcards
  kTooManyHandlers,         // more than kMaxHandlers in a chain
};

// Maximum number of wildcards in a pattern, because the context has room for each. The GitHub API needs five.
inline constexpr size_t kMaxParams = 32;
// Maximum number of handlers in a chain, as in Gin: this is also the index that marks an aborted chain.
inline constexpr size_t kMaxHandlers = 63;

inline constexpr int16_t kNone = -1;

struct Node {
  enum class Kind : uint8_t { kStatic, kRoot, kParam, kCatchAll };

  int16_t pattern = 0;    // the route whose pattern contains the text
  uint16_t at = 0;        // position of the text in that pattern
  uint16_t size = 0;      // size of the text
  int16_t route = kNone;  // the route that ends here
  int16_t first = kNone;  // the static children: a linked list in TreeBuilder, `count` consecutive nodes in Tree
  int16_t next = kNone;   // the next static child of the parent; only in TreeBuilder
  int16_t wild = kNone;   // the wildcard child
  uint16_t count = 0;     // number of static children
  Kind kind = Kind::kStatic;
  uint8_t key = 0;     // first byte of a static child
  uint8_t params = 0;  // number of wildcards from the root to this node, inclusive
};

struct RouteText {
  int16_t id = 0;  // the route's index in the application
  std::string_view pattern;
};

constexpr bool is_wildcard(char c) {
  return c == ':' || c == '*';
}

constexpr size_t count_wildcards(std::string_view pattern) {
  return static_cast<size_t>(std::count_if(pattern.begin(), pattern.end(), is_wildcard));
}

// Maximum number of nodes that adding a pattern makes: one by a split, one for the rest, two for each wildcard.
constexpr size_t max_nodes(std::string_view pattern) {
  return 2 + 2 * count_wildcards(pattern);
}

struct Verdict {
  Refusal refusal = Refusal::kNone;
  int16_t other = kNone;  // the earlier pattern that conflicts, as a position in the list of patterns
};

// A tree under construction, with room for `Capacity` nodes (max_nodes()). Patterns are identified by their position in
// the list given to the constructor.
template <size_t Capacity>
class TreeBuilder {
 public:
  constexpr explicit TreeBuilder(const RouteText* patterns) : patterns_(patterns) {}

  // Adds patterns_[route]. If the pattern is refused, returns the reason and changes nothing.
  constexpr Verdict add(int16_t route) {
    const std::string_view pattern = patterns_[route].pattern;
    if (count_wildcards(pattern) > kMaxParams) return {Refusal::kTooManyParams, kNone};
    if (count_ == 0) {
      if (const Verdict verdict = check_rest(pattern, {}, kNone); verdict.refusal != Refusal::kNone) return verdict;
      at(make(route, 0)).kind = Node::Kind::kRoot;
      fill(0, route, 0);
      return {};
    }
    const Place place = find_place(pattern);
    if (place.verdict.refusal != Refusal::kNone) return place.verdict;
    const size_t from = pattern.size() - place.rest.size();
    int16_t node = place.node;
    if (place.common < at(node).size) split(node, place.common);
    if (place.rest.empty()) {
      at(node).route = route;
    } else {
      if (!is_wildcard(place.rest[0])) node = add_child(node, static_cast<uint8_t>(place.rest[0]), route, from);
      fill(node, route, from);
    }
    return {};
  }

  constexpr const Node& operator[](size_t i) const { return nodes_[i]; }
  constexpr size_t size() const { return count_; }

 private:
  struct Place {
    int16_t node = kNone;   // the node to add to
    uint16_t common = 0;    // number of bytes that its text shares with the pattern; if not all, the node is split
    std::string_view rest;  // the pattern after the common part
    Verdict verdict;
  };

  constexpr Node& at(int16_t node) { return nodes_[static_cast<size_t>(node)]; }
  constexpr const Node& at(int16_t node) const { return nodes_[static_cast<size_t>(node)]; }

  constexpr std::string_view text(int16_t node) const {
    return patterns_[at(node).pattern].pattern.substr(at(node).at, at(node).size);
  }

  constexpr int16_t child(int16_t node, char key) const {
    int16_t child = at(node).first;
    while (child != kNone && at(child).key != static_cast<uint8_t>(key)) child = at(child).next;
    return child;
  }

  constexpr Place find_place(std::string_view rest) const {
    for (int16_t node = 0;;) {
      const std::string_view own = text(node);
      size_t common = 0;
      while (common < rest.size() && common < own.size() && rest[common] == own[common]) ++common;
      rest.remove_prefix(common);
      Place here{node, static_cast<uint16_t>(common), rest, {}};
      const bool whole = common == own.size();
      if (rest.empty()) {
        if (whole && at(node).route != kNone) here.verdict = {Refusal::kDuplicate, at(node).route};
        return here;
      }
      if (whole) {
        if (const int16_t next = child(node, rest[0]); next != kNone) {
          node = next;
          continue;
        }
        if (is_wildcard(rest[0]) || at(node).kind == Node::Kind::kCatchAll) {
          const int16_t wild = at(node).wild;
          if (wild != kNone) {
            if (!same_wildcard(wild, rest)) return refuse(here, Refusal::kWildcardConflict, at(wild).pattern);
            node = wild;
            continue;
          }
        }
      }
      here.verdict = check_rest(rest, own.substr(0, common), at(node).pattern);
      return here;
    }
  }

  static constexpr Place refuse(Place place, Refusal refusal, int16_t other) {
    place.verdict = {refusal, other};
    return place;
  }

  // Patterns can share a parameter if they give it the same name. They cannot share a catch-all.
  constexpr bool same_wildcard(int16_t wild, std::string_view rest) const {
    const std::string_view own = text(wild);
    return at(wild).kind != Node::Kind::kCatchAll && rest.starts_with(own) &&
           (rest.size() == own.size() || rest[own.size()] == '/');
  }

  // Checks the new part of a pattern, which will be added below the text `above` of the pattern `other`.
  static constexpr Verdict check_rest(std::string_view rest, std::string_view above, int16_t other) {
    for (size_t wild = 0;;) {
      while (wild < rest.size() && !is_wildcard(rest[wild])) ++wild;
      if (wild == rest.size()) return {};
      const size_t end = http::grammar::end_of_segment(rest, wild);
      if (count_wildcards(rest.substr(wild, end - wild)) > 1) return {Refusal::kManyWildcardsInSegment, kNone};
      if (end == wild + 1) return {Refusal::kEmptyWildcardName, kNone};
      if (rest[wild] == '*') {
        if (end != rest.size()) return {Refusal::kCatchAllNotLast, kNone};
        if (wild == 0 && above.ends_with('/')) return {Refusal::kCatchAllConflict, other};
        if (wild == 0 || rest[wild - 1] != '/') return {Refusal::kNoSlashBeforeCatchAll, kNone};
        return {};
      }
      wild = end;
    }
  }

  constexpr int16_t make(int16_t pattern, size_t from) {
    nodes_[count_].pattern = pattern;
    nodes_[count_].at = static_cast<uint16_t>(from);
    return static_cast<int16_t>(count_++);
  }

  constexpr int16_t add_child(int16_t parent, uint8_t key, int16_t pattern, size_t from) {
    const int16_t node = make(pattern, from);
    at(node).key = key;
    at(node).params = at(parent).params;
    at(node).next = at(parent).first;
    at(parent).first = node;
    ++at(parent).count;
    return node;
  }

  constexpr int16_t add_wild(int16_t parent, Node::Kind kind, int16_t pattern, size_t from, size_t size) {
    const int16_t node = make(pattern, from);
    at(node).kind = kind;
    at(node).size = static_cast<uint16_t>(size);
    at(node).params = static_cast<uint8_t>(at(parent).params + 1);
    at(parent).wild = node;
    return node;
  }

  // The first `common` bytes stay in the node. The rest of its text and its children move to a new child.
  constexpr void split(int16_t node, uint16_t common) {
    const Node upper = at(node);
    const int16_t lower = make(upper.pattern, upper.at + common);
    at(lower) = upper;
    at(lower).kind = Node::Kind::kStatic;
    at(lower).at = static_cast<uint16_t>(upper.at + common);
    at(lower).size = static_cast<uint16_t>(upper.size - common);
    at(lower).key = static_cast<uint8_t>(text(lower)[0]);
    at(lower).next = kNone;
    at(node).size = common;
    at(node).route = kNone;
    at(node).wild = kNone;
    at(node).first = lower;
    at(node).count = 1;
  }

  // Adds the pattern from position `from` on to `node`, a new node or one shared with other patterns. check_rest() has
  // accepted the pattern.
  constexpr void fill(int16_t node, int16_t route, size_t from) {
    const std::string_view pattern = patterns_[route].pattern;
    while (true) {
      size_t wild = from;
      while (wild < pattern.size() && !is_wildcard(pattern[wild])) ++wild;
      if (wild == pattern.size()) break;
      const bool catch_all = pattern[wild] == '*';
      if (wild > from) at(node).size = static_cast<uint16_t>(wild - from - catch_all);
      if (catch_all) {
        const int16_t holder = add_child(node, '/', route, wild - 1);
        at(holder).kind = Node::Kind::kCatchAll;
        const int16_t leaf = add_wild(holder, Node::Kind::kCatchAll, route, wild - 1, pattern.size() - wild + 1);
        at(leaf).route = route;
        return;
      }
      const size_t end = http::grammar::end_of_segment(pattern, wild);
      node = add_wild(node, Node::Kind::kParam, route, wild, end - wild);
      if (end == pattern.size()) {
        at(node).route = route;
        return;
      }
      node = add_child(node, '/', route, end);
      from = end;
    }
    at(node).size = static_cast<uint16_t>(pattern.size() - from);
    at(node).route = route;
  }

  const RouteText* patterns_;
  size_t count_ = 0;
  std::array<Node, Capacity> nodes_{};
};

// The finished tree: it has the exact size, static children are consecutive, and routes are identified by their index
// in the application.
template <size_t Count>
struct Tree {
  std::array<Node, Count> nodes{};
};

template <size_t Count, size_t Capacity>
constexpr Tree<Count> finish_tree(const TreeBuilder<Capacity>& from, const RouteText* patterns) {
  Tree<Count> tree;
  std::array<int16_t, Count> source{};  // for each new node, its index in `from`; breadth first
  size_t known = 1;
  for (size_t i = 0; i < Count; ++i) {
    Node node = from[static_cast<size_t>(source[i])];
    node.pattern = patterns[node.pattern].id;
    if (node.route != kNone) node.route = patterns[node.route].id;
    int16_t child = node.first;
    if (child != kNone) node.first = static_cast<int16_t>(known);
    for (; child != kNone; child = from[static_cast<size_t>(child)].next) source[known++] = child;
    if (node.wild != kNone) {
      source[known] = node.wild;
      node.wild = static_cast<int16_t>(known++);
    }
    node.next = kNone;
    tree.nodes[i] = node;
  }
  return tree;
}

}  // namespace duel::gin::routing
