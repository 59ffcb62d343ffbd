#include <algorithm>

#include "router/beego/route_table.h"
#include "router/beego/values/path.h"

namespace duel::beego {
namespace {

using Way = std::vector<std::optional<std::string>>;

const std::string* value_of(const values::UrlValues& values, std::string_view name) {
  const auto found = std::ranges::find(values, name, &values::UrlValues::value_type::first);
  return found == values.end() ? nullptr : &found->second;
}

size_t count_wildcards(const Way& way) {
  return static_cast<size_t>(std::ranges::count_if(way, [](const auto& segment) { return !segment; }));
}

void append_encoded(std::string& path, std::string_view text) {
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('/', at), text.size());
    path.append(at == 0 ? "" : "/").append(values::encode_path_segment(text.substr(at, end - at)));
    at = end + 1;
  }
}

// The values of the wildcards on the way, one a segment; the last may have slashes.
std::optional<std::string> filled(const Way& way, const std::vector<std::string>& values) {
  if (count_wildcards(way) != values.size()) return std::nullopt;
  std::string path;
  auto value = values.begin();
  for (const auto& segment : way) {
    path += '/';
    if (segment) {
      append_encoded(path, *segment);
    } else {
      append_encoded(path, *value++);
    }
  }
  return path.empty() ? "/" : path;
}

// The text that the groups of `regex` would have been taken from; nothing if a value is missing.
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

// Cut at the first `count` - 1 slashes.
std::vector<std::string> pieces_of(std::string_view text, size_t count) {
  std::vector<std::string> pieces;
  for (; pieces.size() + 1 < count && text.find('/') != std::string_view::npos;) {
    pieces.emplace_back(text.substr(0, text.find('/')));
    text.remove_prefix(text.find('/') + 1);
  }
  pieces.emplace_back(text);
  return pieces;
}

// A value for each wildcard of a leaf without a regular expression; `*.*` has two names and one segment.
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

std::optional<std::string> path_of(const Way& way, const routing::Tree::Leaf& leaf, const values::UrlValues& values) {
  const std::span<const std::string> names = leaf.names.view();
  if (!leaf.regex) {
    const auto all = plain_values(names, values);
    return all ? filled(way, *all) : std::nullopt;
  }
  const auto text = text_of(leaf.regex->source(), names, values);
  std::vector<std::string_view> groups;
  if (!text || !leaf.regex->match(*text, groups)) return std::nullopt;
  return filled(way, pieces_of(*text, count_wildcards(way)));
}

// Beego's rule: a method named as an HTTP method is also that of the routes without a mapping.
bool leads_to(const Route& route, std::string_view controller, std::string_view method, std::string_view http_method) {
  if (route.controller.empty() || route.controller != controller) return false;
  if (route.methods.empty()) return is_method(upper_case(method));
  return std::ranges::any_of(route.methods, [&](const auto& mapped) {
    return (mapped.first == "*" || mapped.first == http_method) && mapped.second == method;
  });
}

}  // namespace

std::optional<std::string> routing::Tree::path_to(const std::function<bool(const Route&)>& wanted,
                                                  values::UrlValues& values) const {
  Way way;
  return path_below(way, wanted, values);
}

std::optional<std::string> routing::Tree::path_below(Way& way, const std::function<bool(const Route&)>& wanted,
                                                     values::UrlValues& values) const {
  std::optional<std::string> path;
  for (const auto& [segment, tree] : fixed_in_order_) {
    way.emplace_back(segment);
    path = tree->path_below(way, wanted, values);
    way.pop_back();
    if (path) return path;
  }
  if (wildcard_) {
    way.emplace_back(std::nullopt);
    path = wildcard_->path_below(way, wanted, values);
    way.pop_back();
    if (path) return path;
  }
  for (const Leaf& leaf : leaves_) {
    if (!leaf.route || !wanted(*leaf.route)) continue;
    path = path_of(way, leaf, values);
    if (!path) continue;
    for (const std::string& name : leaf.names.view()) {
      std::erase_if(values, [&](const auto& value) { return value.first == name; });
    }
    return path;
  }
  return std::nullopt;
}

std::string RouteTable::url_for(std::string_view endpoint, values::UrlValues values) const {
  const size_t dot = endpoint.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view method = endpoint.substr(dot + 1);
  std::string_view controller = endpoint.substr(0, dot);
  controller.remove_prefix(controller.rfind('.') + 1);  // npos + 1 is 0
  for (const std::string_view http_method : kMethods) {
    const auto tree = trees_.find(http_method);
    if (tree == trees_.end()) continue;
    const auto wanted = [&](const Route& route) { return leads_to(route, controller, method, http_method); };
    auto path = tree->second->path_to(wanted, values);
    if (!path) continue;
    for (const auto& [name, value] : values) {
      path->append(path->find('?') == std::string::npos ? "?" : "&").append(values::encode_query(name));
      path->append("=").append(values::encode_query(value));
    }
    return *path;
  }
  return {};
}

}  // namespace duel::beego
