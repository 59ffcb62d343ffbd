#include "router/gin/routing/redirect_search.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "http/grammar/unicode_case.h"
#include "http/grammar/utf8.h"

namespace duel::gin::routing {
namespace {

// Whether a "/" after the text of this node ends a route, or begins a catch-all.
bool continues_with_slash(const TreeView& tree, int node) {
  const int child = tree.child(node, '/');
  if (child == kNone) return false;
  const Node& found = tree.node(child);
  return found.kind == Node::Kind::kCatchAll || (found.size == 1 && found.route != kNone);
}

// The state of search_slash_redirect(): the current node and the rest of the path.
class SlashSearch {
 public:
  SlashSearch(const TreeView& tree, std::string_view path, Skipped* skipped)
      : tree_(tree), skipped_(skipped), path_(path) {}

  bool run() {
    while (true) {
      const std::string_view text = tree_.text(node_);
      if (path_.size() > text.size() && path_.starts_with(text)) {
        if (const std::optional<bool> end = step_below(path_.substr(text.size()))) return *end;
      } else if (path_ == text) {
        if (const std::optional<bool> end = stop_at_end()) return *end;
      } else {
        const bool slash_missing = text.size() == path_.size() + 1 && text.back() == '/' && text.starts_with(path_) &&
                                   tree_.node(node_).route != kNone;
        if (path_ == "/" || slash_missing) return true;
        if (!go_back()) return false;
      }
    }
  }

 private:
  bool go_back() {
    if (count_ == 0) return false;
    node_ = skipped_[--count_].node;
    path_ = skipped_[count_].path;
    wild_only_ = true;
    return true;
  }

  void go_to(int node, std::string_view path) {
    node_ = node;
    path_ = path;
    wild_only_ = false;
  }

  // The node's text is matched; `rest` is the path after it. Returns the result if the search is over.
  std::optional<bool> step_below(std::string_view rest) {
    const Node& node = tree_.node(node_);
    const int child = wild_only_ ? kNone : tree_.child(node_, rest[0]);
    if (child != kNone) {
      if (node.wild != kNone) skipped_[count_++] = {node_, path_};
      go_to(child, rest);
      return std::nullopt;
    }
    if (node.wild == kNone) {
      if (rest == "/") return node.route != kNone;
      if (!go_back()) return false;
      return std::nullopt;
    }
    const Node& wild = tree_.node(node.wild);
    if (wild.kind == Node::Kind::kCatchAll) return false;
    const size_t end = std::min(rest.find('/'), rest.size());
    if (end < rest.size()) {
      if (wild.count == 0) return rest.size() == end + 1;
      go_to(wild.first, rest.substr(end));
      return std::nullopt;
    }
    if (wild.route != kNone || wild.count == 0) return false;
    const Node& below = tree_.node(wild.first);
    return below.size == 0 || (below.size == 1 && below.route != kNone);
  }

  // The path ends with the node's text. Returns the result if the search is over.
  std::optional<bool> stop_at_end() {
    const Node& node = tree_.node(node_);
    if (node.route != kNone) return false;
    if (path_ != "/") {
      if (go_back()) return std::nullopt;
    } else if ((node.wild != kNone && node.kind != Node::Kind::kRoot) || node.kind == Node::Kind::kStatic) {
      return true;
    }
    return !wild_only_ && continues_with_slash(tree_, node_);
  }

  const TreeView& tree_;
  Skipped* skipped_;
  size_t count_ = 0;
  int node_ = 0;
  std::string_view path_;
  bool wild_only_ = false;  // true after go_back(): the static children of the node have been tried
};

// The state of search_case_redirect(). Gin panics at a node that has static children and a wildcard; this search tries
// both.
class CaseSearch {
 public:
  CaseSearch(const TreeView& tree, bool fix_slash, char* to) : tree_(tree), fix_slash_(fix_slash), to_(to) {}

  // The bytes still to come of a character whose letter case has been chosen. 0 means none.
  using Pending = std::array<char, 4>;

  // Returns the size of the found path, or nothing. `size` bytes of it have been written before.
  std::optional<size_t> run(int node, std::string_view path, size_t size, Pending pending) {
    while (true) {
      const std::string_view text = tree_.text(node);
      if (path.size() < text.size() ||
          (!text.empty() && !http::grammar::equal_fold_unicode(path.substr(1, text.size() - 1), text.substr(1)))) {
        return fix_end(node, path, size);
      }
      const std::string_view before = path;
      path.remove_prefix(text.size());
      put(text, size);
      size += text.size();
      if (path.empty()) {
        if (tree_.node(node).route != kNone) return size;
        if (!fix_slash_ || !continues_with_slash(tree_, node)) return std::nullopt;
        put("/", size);
        return size + 1;
      }
      if (tree_.node(node).count > 0) {
        if (const auto found = try_children(node, before, size, pending)) return found;
      }
      if (tree_.node(node).wild == kNone) {
        if (fix_slash_ && path == "/" && tree_.node(node).route != kNone) return size;
        return std::nullopt;
      }
      const int wild = tree_.node(node).wild;
      const bool catch_all = tree_.node(wild).kind == Node::Kind::kCatchAll;
      const size_t end = catch_all ? path.size() : std::min(path.find('/'), path.size());
      put(path.substr(0, end), size);
      size += end;
      if (end == path.size()) return end_in_wild(wild, size);
      if (tree_.node(wild).count == 0) {
        if (fix_slash_ && path.size() == end + 1) return size;
        return std::nullopt;
      }
      path.remove_prefix(end);
      node = tree_.node(wild).first;
    }
  }

 private:
  void put(std::string_view text, size_t at) { std::memcpy(to_ + at, text.data(), text.size()); }

  static Pending shift(Pending pending, size_t count) {
    Pending rest{};
    for (size_t i = count; i < pending.size(); ++i) rest[i - count] = pending[i];
    return rest;
  }

  // Tries the children of `node` for the next character, first in lower case, then in upper case. `before` begins with
  // the node's own text.
  std::optional<size_t> try_children(int node, std::string_view before, size_t size, Pending pending) {
    const size_t own = tree_.text(node).size();
    const std::string_view path = before.substr(own);
    pending = shift(pending, own);
    if (pending[0] != 0) return try_child(node, path, size, pending);
    size_t back = 0;  // the character may have begun in the node's text
    const size_t max_back = std::min<size_t>(own, 3);
    while (back < max_back && !http::grammar::begins_rune(before[own - back])) ++back;
    const http::grammar::Rune rune =
        back < max_back ? http::grammar::decode_rune(before.substr(own - back)) : http::grammar::Rune{};
    const uint32_t lower = http::grammar::to_lower_unicode(rune.code);
    http::grammar::encode_rune(lower, pending.data());
    pending = shift(pending, back);
    if (const auto found = try_child(node, path, size, pending)) return found;
    const uint32_t upper = http::grammar::to_upper_unicode(rune.code);
    if (upper == lower) return std::nullopt;
    http::grammar::encode_rune(upper, pending.data());
    return try_child(node, path, size, shift(pending, back));
  }

  std::optional<size_t> try_child(int node, std::string_view path, size_t size, Pending pending) {
    const int child = tree_.child(node, pending[0]);
    if (child == kNone) return std::nullopt;
    return run(child, path, size, pending);
  }

  std::optional<size_t> end_in_wild(int wild, size_t size) {
    const Node& node = tree_.node(wild);
    if (node.route != kNone) return size;
    if (!fix_slash_ || node.count == 0) return std::nullopt;
    const Node& below = tree_.node(node.first);
    if (below.size != 1 || below.route == kNone) return std::nullopt;
    put("/", size);
    return size + 1;
  }

  // The node's text does not match. The reason may be just a missing or an additional trailing slash.
  std::optional<size_t> fix_end(int node, std::string_view path, size_t size) {
    const std::string_view text = tree_.text(node);
    if (!fix_slash_) return std::nullopt;
    if (path == "/") return size;
    if (path.empty() || path.size() + 1 != text.size() || text.back() != '/' || tree_.node(node).route == kNone ||
        !http::grammar::equal_fold_unicode(path.substr(1), text.substr(1, path.size() - 1))) {
      return std::nullopt;
    }
    put(text, size);
    return size + text.size();
  }

  const TreeView& tree_;
  bool fix_slash_;
  char* to_;
};

}  // namespace

bool search_slash_redirect(const TreeView& tree, std::string_view path, Skipped* skipped) {
  return SlashSearch(tree, path, skipped).run();
}

std::optional<size_t> search_case_redirect(const TreeView& tree, std::string_view path, bool fix_slash, char* to) {
  return CaseSearch(tree, fix_slash, to).run(0, path, 0, {});
}

}  // namespace duel::gin::routing
