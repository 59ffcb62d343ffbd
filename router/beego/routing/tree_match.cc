#include <array>
#include <optional>

#include "http/grammar/clean_path.h"
#include "router/beego/routing/tree.h"

namespace duel::beego::routing {
namespace {

// The last segment of a path matches a fixed segment also with one of these extensions.
constexpr std::array<std::string_view, 3> kExtensions = {".json", ".xml", ".html"};

// The values of a leaf's names: the segments that wildcards took, and the segments from `rest` on.
class Values {
 public:
  // The indices of the segments that wildcards took, in order. As in beego 2.1.0, more than these need memory.
  using Taken = values::InlineList<uint32_t, 20>;

  Values(const SplitPath& path, const Taken& taken, size_t rest) : path_(path), taken_(taken), rest_(rest) {}

  size_t size() const { return taken_.size() + path_.size() - rest_; }
  std::string_view operator[](size_t i) const {
    return path_[i < taken_.size() ? taken_[i] : rest_ + i - taken_.size()];
  }
  std::string_view back() const { return (*this)[size() - 1]; }

  // The values from `first` on, with slashes between them. `last` replaces the last value; it may be empty. The values
  // are segments of a clean path, so the result is clean, too (Go's path.Join).
  std::string joined(size_t first, std::string_view last) const {
    std::string text;
    for (size_t i = first; i + 1 < size(); ++i) text.append((*this)[i]).push_back('/');
    text.append(last);
    if (last.empty() && !text.empty()) text.pop_back();
    return text;
  }

  // All values, with slashes between them. The text is made once for all regular expressions of a node; `params` owns
  // it.
  std::string_view kept_text(values::Params& params) {
    if (!kept_) kept_ = params.keep(size() == 0 ? "" : joined(0, back()));
    return *kept_;
  }

 private:
  const SplitPath& path_;
  const Taken& taken_;
  size_t rest_;
  std::optional<std::string_view> kept_;
};

bool match_path_and_extension(std::span<const std::string> names_before, const Values& values, values::Params& params) {
  const size_t before = names_before.size();
  // Without a value to cut, or with fewer values than names, beego 2.1.0 crashes. Here it is no match.
  if (values.size() == 0 || (before > 0 && values.size() < 2) || values.size() < before) return false;
  for (size_t i = 0; i < before; ++i) params.set_views(names_before[i], values[i]);
  const std::string_view last = values.back();
  const size_t dot = last.find('.');
  if (dot != std::string_view::npos) params.set_views(":ext", last.substr(dot + 1));
  params.set_views(":path", before < values.size() ? params.keep(values.joined(before, last.substr(0, dot))) : "");
  return true;
}

bool match_regex(const Regex& regex, std::span<const std::string> names, Values& values, values::Params& params) {
  const std::string_view text = values.kept_text(params);
  std::vector<std::string_view> groups;
  if (!regex.match(text, groups)) return false;
  for (size_t i = 0; i < names.size() && i < groups.size(); ++i) params.set_views(names[i], groups[i]);
  return true;
}

bool match_leaf(const Tree::Leaf& leaf, std::string_view tail, Values& values, values::Params& params) {
  const std::span<const std::string> names = leaf.names.view();
  if (leaf.regex) return match_regex(*leaf.regex, names, values, params);
  if (names.size() == 1 && names[0] == values::kRestName) {
    params.set_views(values::kRestName, tail);
    return true;
  }
  if (names.size() >= 2 && names[names.size() - 2] == ":path" && names.back() == ":ext") {
    return match_path_and_extension(names.first(names.size() - 2), values, params);
  }
  if (names.size() != values.size()) return false;
  for (size_t i = 0; i < names.size(); ++i) params.set_views(names[i], values[i]);
  return true;
}

}  // namespace

struct Tree::Walk {
  explicit Walk(values::Params& route_params) : params(route_params) {}

  SplitPath path;
  Values::Taken taken;  // by the wildcards on the way to this node
  values::Params& params;

  bool is_last(size_t at) const { return at + 1 == path.size(); }
};

const Tree::Leaf* Tree::match(std::string_view path, values::Params& params) const {
  Walk state(params);
  if (!state.path.cut(path)) {
    std::string clean;
    http::grammar::append_clean_path(path, http::grammar::CleanPath::kAsGo, clean);
    if (clean.front() != '/') return nullptr;
    state.path.cut(params.keep(std::move(clean)));
  }
  return walk(state, 0, state.path.from(0));
}

// `tail` is the path after the last fixed segment so far, the value of a `*` at this node.
const Tree::Leaf* Tree::walk(Walk& state, size_t at, std::string_view tail) const {
  if (at == state.path.size()) {
    const Leaf* found = match_leaves(state, at, tail);
    return found != nullptr || !wildcard_ ? found : wildcard_->match_leaves(state, at, tail);
  }
  const Leaf* found = nullptr;
  if (!fixed_.empty()) {
    const Children::Child* child = fixed_.find(state.path[at]);
    if (child != nullptr) tail = state.path.from(at + 1);  // also for the wildcard, as in beego 2.1.0
    for (; found == nullptr && child != nullptr; child = fixed_.next(*child)) {
      found = child->tree->walk(state, at + 1, tail);
    }
    if (found == nullptr && state.is_last(at)) found = walk_without_extension(state, at, tail);
  }
  if (found == nullptr && wildcard_) {
    state.taken.push_back(static_cast<uint32_t>(at));
    found = wildcard_->walk(state, at + 1, tail);
    state.taken.pop_back();
  }
  return found != nullptr || leaves_.empty() ? found : match_leaves(state, at, tail);
}

const Tree::Leaf* Tree::walk_without_extension(Walk& state, size_t at, std::string_view tail) const {
  const Leaf* found = nullptr;
  const std::string_view segment = state.path[at];
  for (const std::string_view extension : kExtensions) {
    if (!segment.ends_with(extension)) continue;
    const Children::Child* child = fixed_.find(segment.substr(0, segment.size() - extension.size()));
    for (; child != nullptr; child = fixed_.next(*child)) {
      found = child->tree->walk(state, at + 1, tail);
      if (found != nullptr) state.params.set_views(":ext", extension.substr(1));
    }
  }
  return found;
}

// The values are those of the wildcards, and the segments from `at` on.
const Tree::Leaf* Tree::match_leaves(const Walk& state, size_t at, std::string_view tail) const {
  Values values(state.path, state.taken, at);
  for (const Leaf& leaf : leaves_) {
    if (match_leaf(leaf, tail, values, state.params)) return &leaf;
  }
  return nullptr;
}

}  // namespace duel::beego::routing
