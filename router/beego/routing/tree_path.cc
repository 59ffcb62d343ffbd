// Tree::path_to(): makes a path from a route and values.

#include <algorithm>

#include "router/beego/routing/tree.h"
#include "router/beego/values/text.h"

namespace duel::beego::routing {
namespace {

// The segments from the root to a node; a wildcard is nullopt.
using Branch = std::vector<std::optional<std::string>>;

const std::string* value_of(const values::UrlValues& values, std::string_view name) {
  const auto found = std::ranges::find(values, name, &values::UrlValues::value_type::first);
  return found == values.end() ? nullptr : &found->second;
}

size_t count_wildcards(const Branch& branch) {
  return static_cast<size_t>(std::ranges::count_if(branch, [](const auto& segment) { return !segment; }));
}

void append_encoded(std::string& path, std::string_view text) {
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('/', at), text.size());
    path.append(at == 0 ? "" : "/")
        .append(values::percent_encode(text.substr(at, end - at), http::grammar::kPathSegmentEncoding));
    at = end + 1;
  }
}

// The path of the branch with one value per wildcard. A value may have slashes.
std::optional<std::string> filled(const Branch& branch, const std::vector<std::string>& values) {
  if (count_wildcards(branch) != values.size()) return std::nullopt;
  std::string path;
  auto value = values.begin();
  for (const auto& segment : branch) {
    path += '/';
    if (segment) {
      append_encoded(path, *segment);
    } else {
      append_encoded(path, *value++);
    }
  }
  return path.empty() ? "/" : path;
}

// A text that `regex` matches with these values as its groups; nullopt if a value is missing.
std::optional<std::string> text_of(std::string_view regex, std::span<const std::string> names,
                                   const values::UrlValues& values) {
  std::string text;
  size_t depth = 0;
  auto name = names.begin();
  for (size_t i = 0; i < regex.size(); ++i) {
    const bool escaped = regex[i] == '\\' && i + 1 < regex.size();
    if (escaped) ++i;
    if (!escaped && regex[i] == '(') {
      ++depth;
    } else if (!escaped && regex[i] == ')' && depth > 0) {
      if (--depth > 0) continue;
      const std::string* value = name == names.end() ? nullptr : value_of(values, *name++);
      if (value == nullptr) return std::nullopt;
      text += *value;
    } else if (depth == 0) {
      text += regex[i];
    }
  }
  return text;
}

// Splits the text at its first `count` - 1 slashes.
std::vector<std::string> pieces_of(std::string_view text, size_t count) {
  std::vector<std::string> pieces;
  for (; pieces.size() + 1 < count && text.find('/') != std::string_view::npos;) {
    pieces.emplace_back(text.substr(0, text.find('/')));
    text.remove_prefix(text.find('/') + 1);
  }
  pieces.emplace_back(text);
  return pieces;
}

// One value for each wildcard of a leaf without a regular expression. The two names of `*.*` give one value.
std::optional<std::vector<std::string>> plain_values(std::span<const std::string> names,
                                                     const values::UrlValues& values) {
  std::vector<std::string> all;
  for (const std::string& name : names) {
    const std::string* value = value_of(values, name);
    if (value == nullptr) return std::nullopt;
    if (name == ":ext" && !all.empty()) {
      all.back() += "." + *value;
    } else {
      all.push_back(*value);
    }
  }
  return all;
}

std::optional<std::string> path_of(const Branch& branch, const Tree::Leaf& leaf, const values::UrlValues& values) {
  const std::span<const std::string> names = leaf.names.view();
  if (!leaf.regex) {
    const auto all = plain_values(names, values);
    return all ? filled(branch, *all) : std::nullopt;
  }
  const auto text = text_of(leaf.regex->source(), names, values);
  std::vector<std::string_view> groups;
  if (!text || !leaf.regex->match(*text, groups)) return std::nullopt;
  return filled(branch, pieces_of(*text, count_wildcards(branch)));
}

}  // namespace

std::optional<std::string> Tree::path_to(const std::function<bool(const Route&)>& wanted,
                                         values::UrlValues& values) const {
  Branch branch;
  return path_below(branch, wanted, values);
}

std::optional<std::string> Tree::path_below(Branch& branch, const std::function<bool(const Route&)>& wanted,
                                            values::UrlValues& values) const {
  std::optional<std::string> path;
  for (const Children::Child& child : fixed_) {
    branch.emplace_back(child.segment);
    path = child.tree->path_below(branch, wanted, values);
    branch.pop_back();
    if (path) return path;
  }
  if (wildcard_) {
    branch.emplace_back(std::nullopt);
    path = wildcard_->path_below(branch, wanted, values);
    branch.pop_back();
    if (path) return path;
  }
  for (const Leaf& leaf : leaves_) {
    if (!leaf.route || !wanted(*leaf.route)) continue;
    path = path_of(branch, leaf, values);
    if (!path) continue;
    for (const std::string& name : leaf.names.view()) {
      std::erase_if(values, [&](const auto& value) { return value.first == name; });
    }
    return path;
  }
  return std::nullopt;
}

}  // namespace duel::beego::routing
