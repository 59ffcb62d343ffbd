#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/grammar/clean_path.h"
#include "http/method.h"
#include "router/gin/routing/declaration.h"
#include "router/gin/routing/tree.h"

// For check.h, router.h and engine.h: turns the items of a declaration into one table with joined patterns, the whole
// chain of handlers of each route, and a number for each method. Evaluated only at compile time.
namespace duel::gin::routing {

// Maximum depth of nested groups. A deeper declaration does not compile.
inline constexpr size_t kMaxGroupDepth = 16;
// Maximum total size of the joined prefixes of nested groups.
inline constexpr size_t kMaxPrefixBytes = 1024;

// A range of Flat::handlers.
struct Chain {
  uint16_t at = 0;
  uint16_t size = 0;
};

struct FlatRoute {
  uint32_t pattern_at = 0;
  uint16_t pattern_size = 0;
  uint16_t method = 0;  // http::Method, or http::kMethodCount + index in Flat::other_methods
  Chain chain;
  uint16_t first_param = 0;  // index in Flat::param_names
  uint16_t params = 0;
};

// A range of Flat::text.
struct PatternPiece {
  uint32_t at = 0;
  uint32_t size = 0;
};

struct FlatSizes {
  size_t routes = 0;
  size_t text = 0;
  size_t handlers = 0;
  size_t other_methods = 0;
  size_t params = 0;
};

// The table. `text` holds all patterns one after the other; other members refer to it by position.
template <FlatSizes kSizes>
struct Flat {
  std::array<FlatRoute, kSizes.routes> routes{};
  std::array<char, kSizes.text> text{};
  std::array<Handler, kSizes.handlers> handlers{};
  std::array<std::string_view, kSizes.other_methods> other_methods{};
  std::array<PatternPiece, kSizes.params> param_names{};
  // For each route, the number of handlers at the beginning of its chain that run for an OPTIONS request: those up to
  // the last OptionsMiddleware. 0 if the chain has none.
  std::array<uint16_t, kSizes.routes> options_sizes{};
  uint16_t outer_middleware = 0;  // the chains of no_route and no_method begin with it
  Chain no_route;
  Chain no_method;

  static constexpr size_t kMethods = http::kMethodCount + kSizes.other_methods;

  constexpr std::string_view pattern(size_t route) const {
    return {text.data() + routes[route].pattern_at, routes[route].pattern_size};
  }
  constexpr std::string_view method_name(size_t method) const {
    if (method < http::kMethodCount) return http::method_name(static_cast<http::Method>(method));
    return other_methods[method - http::kMethodCount];
  }
  constexpr size_t routes_of(size_t method) const {
    size_t count = 0;
    for (const FlatRoute& route : routes) count += route.method == method;
    return count;
  }
};

namespace internal {

// Upper bounds for the sizes of the table. flatten() then makes a table of the exact sizes. Growing containers would
// cost seconds of compile time.
template <size_t N>
constexpr FlatSizes flat_bounds(const std::array<Declaration, N>& items) {
  using Kind = Declaration::Kind;
  FlatSizes bounds;
  std::array<size_t, kMaxGroupDepth + 1> prefix{};  // maximum size of the joined prefix, for each open group
  std::array<size_t, kMaxGroupDepth + 1> middleware{};
  std::array<size_t, kMaxGroupDepth + 1> params{};
  size_t depth = 0;
  prefix[0] = 1;
  for (const Declaration& item : items) {
    if (item.kind == Kind::kUse) ++middleware[depth];
    if (item.kind == Kind::kHandler) ++bounds.handlers;
    if (item.kind == Kind::kRoute) {
      ++bounds.routes;
      bounds.text += prefix[depth] + item.path.size() + 3;
      bounds.handlers += middleware[depth];
      bounds.other_methods += http::method_of(item.method) == http::Method::kOther;
      bounds.params += params[depth] + count_wildcards(item.path);
    }
    if (item.kind == Kind::kGroup) {
      ++depth;
      prefix[depth] = prefix[depth - 1] + item.path.size() + 3;
      middleware[depth] = middleware[depth - 1];
      params[depth] = params[depth - 1] + count_wildcards(item.path);
    }
    if (item.kind == Kind::kGroupEnd) --depth;
  }
  bounds.handlers += 2 * middleware[0];  // the chains of no_route and no_method begin with it
  return bounds;
}

// Reads the items from first to last and keeps a stack of the open groups with their prefixes and middleware.
template <FlatSizes kBounds>
class Flattener {
 public:
  Flat<kBounds> flat;
  FlatSizes sizes;

  constexpr Flattener(const Declaration* item, const Declaration* end) {
    using Kind = Declaration::Kind;
    groups_[0].prefix_size = 1;
    prefixes_[0] = '/';
    const Declaration* no_route[2]{};
    const Declaration* no_method[2]{};
    while (item != end) {
      const Declaration& head = *item++;
      const Declaration* own = item;
      while (item != end && item->kind == Kind::kHandler) ++item;
      if (head.kind == Kind::kRoute) add_route(head, own, item);
      if (head.kind == Kind::kUse) add_middleware(head);
      if (head.kind == Kind::kGroup) open_group(head.path);
      if (head.kind == Kind::kGroupEnd) --depth_;
      if (head.kind == Kind::kNoRoute) no_route[0] = own, no_route[1] = item;
      if (head.kind == Kind::kNoMethod) no_method[0] = own, no_method[1] = item;
    }
    flat.outer_middleware = static_cast<uint16_t>(groups_[0].middleware);
    flat.no_route = add_chain(no_route[0], no_route[1]);
    flat.no_method = add_chain(no_method[0], no_method[1]);
  }

 private:
  struct Group {
    size_t prefix_at = 0;  // in prefixes_
    size_t prefix_size = 0;
    size_t middleware = 0;
    size_t options_size = 0;  // as in Flat::options_sizes
  };

  // Outside of all groups, middleware runs for every OPTIONS request without a route, so it needs no mark.
  constexpr void add_middleware(const Declaration& use) {
    Group& group = groups_[depth_];
    middleware_[depth_][group.middleware++] = use.handler;
    if (use.answers_options && depth_ > 0) group.options_size = group.middleware;
  }

  constexpr void open_group(std::string_view prefix) {
    const Group outer = groups_[depth_];
    std::copy_n(middleware_[depth_].begin(), outer.middleware, middleware_[depth_ + 1].begin());
    ++depth_;
    groups_[depth_] = {outer.prefix_at + outer.prefix_size, 0, outer.middleware, outer.options_size};
    char* to = prefixes_.data() + groups_[depth_].prefix_at;
    groups_[depth_].prefix_size = join(prefix_of(outer), prefix, to);
  }

  constexpr void add_route(const Declaration& route, const Declaration* own, const Declaration* end) {
    const size_t size = join(prefix_of(groups_[depth_]), route.path, flat.text.data() + sizes.text);
    const size_t params = sizes.params;
    add_param_names(size);
    flat.options_sizes[sizes.routes] = options_size(own, end);
    flat.routes[sizes.routes++] = {static_cast<uint32_t>(sizes.text), static_cast<uint16_t>(size),
                                   method_number(route.method),       add_chain(own, end),
                                   static_cast<uint16_t>(params),     static_cast<uint16_t>(sizes.params - params)};
    sizes.text += size;
  }

  constexpr void add_param_names(size_t pattern_size) {
    const size_t end = sizes.text + pattern_size;
    for (size_t at = sizes.text; at < end; ++at) {
      if (!is_wildcard(flat.text[at])) continue;
      const size_t name = at + 1;
      while (at < end && flat.text[at] != '/') ++at;
      flat.param_names[sizes.params++] = {static_cast<uint32_t>(name), static_cast<uint32_t>(at - name)};
    }
  }

  constexpr uint16_t options_size(const Declaration* own, const Declaration* end) const {
    size_t size = groups_[depth_].options_size;
    for (size_t i = 1; own != end; ++own, ++i) {
      if (own->answers_options) size = groups_[depth_].middleware + i;
    }
    return static_cast<uint16_t>(size);
  }

  // Consecutive routes often have the same chain, so a chain that is equal to the previous one is not stored again.
  constexpr Chain add_chain(const Declaration* own, const Declaration* end) {
    const size_t before = sizes.handlers;
    auto& all = flat.handlers;
    for (size_t i = 0; i < groups_[depth_].middleware; ++i) all[sizes.handlers++] = middleware_[depth_][i];
    for (; own != end; ++own) all[sizes.handlers++] = own->handler;
    const size_t size = sizes.handlers - before;
    bool same = size == last_.size;
    for (size_t i = 0; same && i < size; ++i) same = is_same(all[last_.at + i], all[before + i]);
    if (same) {
      sizes.handlers = before;
    } else {
      last_ = {static_cast<uint16_t>(before), static_cast<uint16_t>(size)};
    }
    return last_;
  }

  // Whether the compiler knows that both are the same function. With -fsanitize=undefined, g++ 12 cannot compare the
  // addresses of inline functions in a constant expression (GCC PR 71962). Then the chain is stored again.
  static constexpr bool is_same(Handler a, Handler b) { return __builtin_constant_p(a == b) && a == b; }

  constexpr std::string_view prefix_of(const Group& group) const {
    return {prefixes_.data() + group.prefix_at, group.prefix_size};
  }

  // Joins the prefix of a group and the path of a route as Gin does: cleans the result, but keeps a trailing slash.
  // Writes at most the sum of both sizes plus 2.
  static constexpr size_t join(std::string_view prefix, std::string_view path, char* to) {
    std::copy(prefix.begin(), prefix.end(), to);
    if (path.empty()) return prefix.size();
    const size_t kept = prefix.size() - prefix.ends_with('/');
    size_t size = http::grammar::clean_path(path, http::grammar::CleanPath::kRooted, to, kept);
    if (path.back() == '/' && to[size - 1] != '/') to[size++] = '/';
    return size;
  }

  constexpr uint16_t method_number(std::string_view name) {
    const http::Method known = http::method_of(name);
    if (known != http::Method::kOther) return static_cast<uint16_t>(known);
    size_t i = 0;
    while (i < sizes.other_methods && flat.other_methods[i] != name) ++i;
    if (i == sizes.other_methods) flat.other_methods[sizes.other_methods++] = name;
    return static_cast<uint16_t>(http::kMethodCount + i);
  }

  size_t depth_ = 0;
  std::array<Group, kMaxGroupDepth + 1> groups_{};
  std::array<char, kMaxPrefixBytes> prefixes_{};
  std::array<std::array<Handler, kMaxHandlers>, kMaxGroupDepth + 1> middleware_{};
  Chain last_;
};

}  // namespace internal

template <const auto& kApp>
constexpr auto flatten() {
  constexpr FlatSizes kBounds = internal::flat_bounds(kApp.items);
  constexpr internal::Flattener<kBounds> kWide(kApp.items.data(), kApp.items.data() + kApp.items.size());
  Flat<kWide.sizes> exact;
  std::copy_n(kWide.flat.routes.begin(), kWide.sizes.routes, exact.routes.begin());
  std::copy_n(kWide.flat.text.begin(), kWide.sizes.text, exact.text.begin());
  std::copy_n(kWide.flat.handlers.begin(), kWide.sizes.handlers, exact.handlers.begin());
  std::copy_n(kWide.flat.other_methods.begin(), kWide.sizes.other_methods, exact.other_methods.begin());
  std::copy_n(kWide.flat.param_names.begin(), kWide.sizes.params, exact.param_names.begin());
  std::copy_n(kWide.flat.options_sizes.begin(), kWide.sizes.routes, exact.options_sizes.begin());
  exact.outer_middleware = kWide.flat.outer_middleware;
  exact.no_route = kWide.flat.no_route;
  exact.no_method = kWide.flat.no_method;
  return exact;
}

}  // namespace duel::gin::routing
