#include <array>
#include <cstddef>
#include <memory_resource>

#include "router/beego/routing/path_segments.h"
#include "router/beego/routing/tree.h"
#include "router/beego/values/text.h"

namespace duel::beego::routing {
namespace {

// The last segment of a path matches a fixed segment also with one of these extensions.
constexpr std::array<std::string_view, 3> kExtensions = {".json", ".xml", ".html"};
constexpr size_t kValuesReserved = 20;  // as in beego 2.1.0

}  // namespace

struct Tree::Walk {
  Walk(std::string_view path, values::Params& route_params) : segments(split_path(path)), params(route_params) {
    values.reserve(kValuesReserved);
  }

  const std::vector<std::string_view> segments;
  // The values of the wildcards so far. As in beego 2.1.0, this many are on the stack; more values use the heap.
  std::array<std::byte, kValuesReserved * sizeof(std::string_view)> room;
  std::pmr::monotonic_buffer_resource memory{room.data(), room.size()};
  std::pmr::vector<std::string_view> values{&memory};
  values::Params& params;

  bool is_last(size_t at) const { return at + 1 == segments.size(); }
  // The path after segment `at`, without the slash.
  std::string_view after(size_t at) const {
    if (is_last(at)) return {};
    const char* begin = segments[at + 1].data();
    return {begin, static_cast<size_t>(segments.back().data() + segments.back().size() - begin)};
  }
};

const Tree::Leaf* Tree::match(std::string_view path, values::Params& params) const {
  std::string buffer;
  path = values::clean_path(path, buffer);
  if (path.front() != '/') return nullptr;
  Walk state(path, params);
  return walk(state, 0, path.substr(1));
}

// `tail` is the path after the last fixed segment so far, the value of a `*` at this node.
const Tree::Leaf* Tree::walk(Walk& state, size_t at, std::string_view tail) const {
  if (at == state.segments.size()) {
    const Leaf* found = match_leaves(state, tail);
    return found != nullptr || !wildcard_ ? found : wildcard_->match_leaves(state, tail);
  }
  const Leaf* found = nullptr;
  const std::string_view segment = state.segments[at];
  if (const auto same = fixed_.find(segment); same != fixed_.end()) {
    tail = state.after(at);  // if no child matches, the wildcard also gets this tail, as in beego 2.1.0
    for (const auto& tree : same->second) {
      found = tree->walk(state, at + 1, tail);
      if (found != nullptr) break;
    }
  }
  if (found == nullptr && state.is_last(at)) found = walk_without_extension(state, at, tail);
  if (found == nullptr && wildcard_) {
    state.values.push_back(segment);
    found = wildcard_->walk(state, at + 1, tail);
    state.values.pop_back();
  }
  if (found == nullptr && !leaves_.empty()) {
    const size_t before = state.values.size();
    for (size_t i = at; i < state.segments.size(); ++i) state.values.push_back(state.segments[i]);
    found = match_leaves(state, tail);
    state.values.resize(before);
  }
  return found;
}

const Tree::Leaf* Tree::walk_without_extension(Walk& state, size_t at, std::string_view tail) const {
  const Leaf* found = nullptr;
  const std::string_view segment = state.segments[at];
  for (const std::string_view extension : kExtensions) {
    if (!segment.ends_with(extension)) continue;
    const auto same = fixed_.find(segment.substr(0, segment.size() - extension.size()));
    if (same == fixed_.end()) continue;
    for (const auto& tree : same->second) {
      found = tree->walk(state, at + 1, tail);
      if (found != nullptr) state.params.set(":ext", extension.substr(1));
    }
  }
  return found;
}

const Tree::Leaf* Tree::match_leaves(const Walk& state, std::string_view tail) const {
  for (const Leaf& leaf : leaves_) {
    if (leaf.match(tail, state.values, state.params)) return &leaf;
  }
  return nullptr;
}

bool Tree::Leaf::match(std::string_view tail, std::span<const std::string_view> values, values::Params& params) const {
  const std::span<const std::string> own = names.view();
  if (regex) {
    const std::string text = join_path(values);
    std::vector<std::string_view> groups;
    if (!regex->match(text, groups)) return false;
    for (size_t i = 0; i < own.size() && i < groups.size(); ++i) params.set(own[i], groups[i]);
    return true;
  }
  if (values.empty() && own.empty()) return true;
  if (own.size() == 1 && own[0] == values::kRestName) {
    params.set(values::kRestName, tail);
    return true;
  }
  if (own.size() >= 2 && own[own.size() - 2] == ":path" && own.back() == ":ext") {
    // Without a value to cut, or with fewer values than names, beego 2.1.0 crashes. Here it is no match.
    const size_t before = own.size() - 2;
    if (values.empty() || (before > 0 && values.size() < 2) || values.size() < before) return false;
    match_path_and_extension(own.first(before), values, params);
    return true;
  }
  if (own.size() != values.size()) return false;
  for (size_t i = 0; i < own.size(); ++i) params.set(own[i], values[i]);
  return true;
}

void Tree::Leaf::match_path_and_extension(std::span<const std::string> names_before,
                                          std::span<const std::string_view> values, values::Params& params) {
  const size_t before = names_before.size();
  for (size_t i = 0; i < before; ++i) params.set(names_before[i], values[i]);
  const std::string_view last = values.back();
  const size_t dot = last.find('.');
  if (dot != std::string_view::npos) params.set(":ext", last.substr(dot + 1));
  if (before >= values.size()) {
    params.set(":path", "");
    return;
  }
  std::vector<std::string_view> parts(values.begin() + static_cast<std::ptrdiff_t>(before), values.end());
  parts.back() = last.substr(0, dot);
  params.set(":path", join_path(parts));
}

}  // namespace duel::beego::routing
