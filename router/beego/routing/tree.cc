#include "router/beego/routing/tree.h"

#include <algorithm>

#include "router/beego/routing/path_segments.h"

namespace duel::beego::routing {
namespace {

constexpr std::string_view kAnyNumberOfSegments = "(.+)";
constexpr std::string_view kOneSegment = "([^/]+)";

std::string_view trim(std::string_view text, std::string_view characters) {
  const size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

std::string_view trim_right(std::string_view text, char character) {
  while (text.ends_with(character)) text.remove_suffix(1);
  return text;
}

// A regular expression for the wildcards so far, each followed by '/'.
std::string groups_of(const SharedNames& names) {
  std::string groups;
  for (const std::string& name : names.view()) {
    groups += name == values::kRestName ? kAnyNumberOfSegments : kOneSegment;
    groups += '/';
  }
  return groups;
}

// Reads a segment that follows the wildcards `names`. If `names` contains a `*`, fixed text is matched as a part of a
// regular expression. A `*` after other wildcards is also matched by a regular expression.
Segment read_after(const std::string& text, const SharedNames& names, const std::string& regex) {
  Segment segment = read_segment(text);
  if (!segment.wild && names.contains(values::kRestName)) {
    segment.wild = true;
    segment.regex = text;
  }
  if (text == "*" && !names.view().empty() && regex.empty()) segment.regex = kAnyNumberOfSegments;
  return segment;
}

// The text that a segment with a regular expression of its own appends to `regex`. If `regex` is empty, the text begins
// with groups for the wildcards before the segment.
std::string placed_regex(const Segment& segment, const SharedNames& names, const std::string& regex) {
  return (regex.empty() ? groups_of(names) : "/") + segment.regex;
}

void drop_separator(Segment& segment) {
  segment.names.erase(segment.names.begin());
}

}  // namespace

void Tree::add(std::string_view pattern, const std::shared_ptr<Route>& route) {
  const Segments segments = split_pattern(pattern);
  Tree().add_segments(segments, 0, route, {}, "");  // throws before this tree changes
  add_segments(segments, 0, route, {}, "");
}

void Tree::add_segments(const Segments& segments, size_t at, const std::shared_ptr<Route>& route,
                        const SharedNames& names, const std::string& regex) {
  if (at == segments.size()) {
    Leaf leaf{.names = names, .regex = nullptr, .route = route};
    if (!regex.empty()) leaf.regex = std::make_shared<Regex>(regex);
    leaves_.insert(leaves_.begin(), std::move(leaf));
    return;
  }
  const std::string& text = segments[at];
  Segment segment = read_after(text, names, regex);
  if (segment.optional) add_segments(segments, at + 1, route, names, regex);
  if (!segment.wild) {
    if (fixed_.find(text) == nullptr) fixed_.add(text, std::make_shared<Tree>());
    fixed_.find(text)->tree->add_segments(segments, at + 1, route, names, regex);
    return;
  }
  std::string more;
  if (!segment.regex.empty()) {
    more = placed_regex(segment, names, regex);
  } else if (text == "*.*") {
    drop_separator(segment);
    if (!regex.empty()) more = "/([^.]+).(.+)";
  } else if (!regex.empty()) {
    for (size_t i = 0; i < segment.names.size(); ++i) (more += '/') += kOneSegment;
  }
  if (!wildcard_) wildcard_ = std::make_shared<Tree>();
  wildcard_->add_segments(segments, at + 1, route, names.plus(segment.names), regex + more);
}

void Tree::add_tree(std::string_view prefix, const std::shared_ptr<Tree>& tree) {
  const Segments segments = split_pattern(prefix);
  if (segments.empty()) throw RouteError("the prefix \"" + std::string(prefix) + "\" of a namespace has no segment");
  const auto probe = std::make_shared<Tree>();
  probe->leaves_.emplace_back();
  Tree().add_tree_segments(segments, 0, probe, {}, "");  // throws before this tree changes
  add_tree_segments(segments, 0, tree, {}, "");
}

void Tree::add_tree_segments(const Segments& segments, size_t at, const std::shared_ptr<Tree>& tree,
                             const SharedNames& names, const std::string& regex) {
  // An optional segment before another wildcard makes the tree a child of itself. There beego 2.1.0 overflows its
  // stack.
  if (this == tree.get()) throw RouteError("a prefix must not have a parameter after an optional parameter");
  const std::string& text = segments[at];
  const bool last = at + 1 == segments.size();
  Segment segment = read_after(text, names, regex);
  if (segment.optional) {
    if (last) {
      tree->extend_leaves(names, regex);
    } else {
      add_tree_segments(segments, at + 1, tree, names.plus(segment.names), regex);
    }
  }
  std::string more = segment.regex;
  if (segment.wild) {
    if (!more.empty()) {
      more = placed_regex(segment, names, regex);
    } else if (text == "*.*") {
      if (!last) drop_separator(segment);
      if (!regex.empty()) more = "([^.]+).(.+)";
    } else if (!regex.empty()) {
      for (const std::string& name : segment.names) {
        if (last && name == ":") continue;
        (more += kOneSegment) += '/';
      }
    }
  }
  const SharedNames all = names.plus(segment.names);
  if (last) {
    tree->extend_leaves(all, std::string(trim(regex + "/" + more, "/")));
    if (segment.wild) {
      wildcard_ = tree;
    } else {
      fixed_.add(text, tree);
    }
  } else if (segment.wild) {
    if (!wildcard_) wildcard_ = std::make_shared<Tree>();
    const std::string longer(trim_right(std::string(trim_right(regex, '/')) + "/" + more, '/'));
    wildcard_->add_tree_segments(segments, at + 1, tree, all, longer);
  } else {
    auto child = std::make_shared<Tree>();
    fixed_.add(text, child);
    child->add_tree_segments(segments, at + 1, tree, all, regex);
  }
}

// Puts the wildcards of a prefix before the wildcards of every leaf.
void Tree::extend_leaves(const SharedNames& names, std::string regex) {
  for (const Children::Child& child : fixed_) child.tree->extend_leaves(names, regex);
  if (wildcard_) wildcard_->extend_leaves(names, regex);
  // `regex` grows from leaf to leaf and is not reset, as in beego 2.1.0, where the matches of routes depend on it.
  for (Leaf& leaf : leaves_) {
    const std::string own(leaf.regex ? trim(leaf.regex->source(), "^$") : std::string_view());
    if (!regex.empty() && leaf.regex) {
      leaf.regex = std::make_shared<Regex>(std::string(regex).append("/").append(own));
    } else if (!regex.empty()) {
      for (const std::string& name : leaf.names.view())
        (regex += '/') += name == values::kRestName ? kAnyNumberOfSegments : kOneSegment;
      leaf.regex = std::make_shared<Regex>(regex);
    } else if (leaf.regex) {
      for (const std::string& name : names.view()) {
        regex.insert(0, std::string(name == values::kRestName ? kAnyNumberOfSegments : kOneSegment) + "/");
      }
      leaf.regex = std::make_shared<Regex>(regex + own);
    }
    leaf.names = names.plus(leaf.names.view());
  }
}

}  // namespace duel::beego::routing
