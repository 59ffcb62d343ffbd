#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "http/method.h"
#include "router/gin/routing/check.h"
#include "router/gin/routing/compile.h"
#include "router/gin/routing/declaration.h"
#include "router/gin/routing/static_route_hash.h"
#include "router/gin/routing/tree.h"
#include "router/gin/routing/walk.h"

// For router/gin/router.h and router/gin/engine.h: compiles an application into a lookup.
namespace duel::gin::routing {

// The table of an application. The template argument is a reference, so that symbols contain the name of the
// application and not its contents.
template <const auto& kApp>
struct Compiled {
  static constexpr auto kFlat = flatten<kApp>();
};

// Returns the first route that would be refused. For static_assert and tests.
template <const auto& kApp>
consteval Problem find_problem() {
  return find_flat_problem<Compiled<kApp>::kFlat>();
}

namespace internal {

// The lookup in the routes of one method.
template <const auto& kFlat, size_t kMethod>
struct MethodTree {
  static constexpr size_t kRoutes = kFlat.routes_of(kMethod);

  static constexpr auto kPatterns = [] {
    std::array<RouteText, kRoutes> patterns{};
    size_t count = 0;
    for (size_t i = 0; i < kFlat.routes.size(); ++i) {
      if (kFlat.routes[i].method == kMethod) patterns[count++] = {static_cast<int16_t>(i), kFlat.pattern(i)};
    }
    return patterns;
  }();
  static constexpr size_t kCapacity = [] {
    size_t nodes = 0;
    for (const RouteText& route : kPatterns) nodes += max_nodes(route.pattern);
    return nodes;
  }();
  using StaticRoutes = StaticRouteHash<kPatterns>;
  static constexpr bool kOnlyStatic = std::all_of(
      kPatterns.begin(), kPatterns.end(), [](const RouteText& route) { return StaticRoutes::has(route.pattern); });

  // The tree of all routes (kAll), or of the routes that are not in the hash.
  template <bool kAll>
  static constexpr auto build() {
    TreeBuilder<kCapacity> tree(kPatterns.data());
    for (size_t i = 0; i < kRoutes; ++i) {
      if (kAll || !StaticRoutes::has(kPatterns[i].pattern)) tree.add(static_cast<int16_t>(i));
    }
    return tree;
  }
  template <bool kAll>
  static constexpr auto kTree = finish_tree<build<kAll>().size()>(build<kAll>(), kPatterns.data());

  static int find(std::string_view path, Param* params) {
    if constexpr (StaticRoutes::kUsed) {
      const int route = StaticRoutes::find(path);
      if constexpr (kOnlyStatic) return route;
      if (route != kNone) return route;
    }
    if constexpr (!kOnlyStatic) return Walk<kTree<!StaticRoutes::kUsed>, kFlat>::find(path, params);
  }
};

template <const auto& kFlat>
constexpr bool require_no_problem() {
  constexpr Problem kProblem = find_flat_problem<kFlat>();
  if constexpr (kProblem.refusal != Refusal::kNone) {
    return RefusedRoute<kProblem.refusal, decltype(show_pattern<kFlat, kProblem.route>()),
                        decltype(show_pattern<kFlat, kProblem.other>())>::kOk;
  }
  return true;
}

}  // namespace internal

// The lookup: finds the route and the parameters of a method and a path. Does not allocate and calls no handler.
// router/gin/router.h has an example.
//
// Routes are numbered in the order of their declaration; any() makes nine routes. The path is matched as given: the
// caller decodes it.
template <const auto& kApp>
class Router {
 public:
  static constexpr const auto& kFlat = Compiled<kApp>::kFlat;
  static_assert(internal::require_no_problem<Compiled<kApp>::kFlat>());

  // Returns the index of the route, or kNone. `name` is the name of the method, used only if `method` is kOther. Sets
  // one element of `params` per wildcard of the route.
  static int find(http::Method method, std::string_view name, std::string_view path, Param* params) {
    switch (method) {
      case http::Method::kGet:
        return in<0>(path, params);
      case http::Method::kHead:
        return in<1>(path, params);
      case http::Method::kPost:
        return in<2>(path, params);
      case http::Method::kPut:
        return in<3>(path, params);
      case http::Method::kDelete:
        return in<4>(path, params);
      case http::Method::kConnect:
        return in<5>(path, params);
      case http::Method::kOptions:
        return in<6>(path, params);
      case http::Method::kTrace:
        return in<7>(path, params);
      case http::Method::kPatch:
        return in<8>(path, params);
      case http::Method::kOther:
        return find_other(name, path, params);
    }
    return kNone;
  }

  static constexpr size_t size() { return kFlat.routes.size(); }
  static constexpr std::string_view pattern(int route) { return kFlat.pattern(static_cast<size_t>(route)); }

 private:
  template <size_t kMethod>
  [[gnu::always_inline]] static int in(std::string_view path, Param* params) {
    if constexpr (kFlat.routes_of(kMethod) == 0) {
      return kNone;
    } else {
      return internal::MethodTree<Compiled<kApp>::kFlat, kMethod>::find(path, params);
    }
  }

  template <size_t kOther = 0>
  static int find_other(std::string_view name, std::string_view path, Param* params) {
    if constexpr (kOther < kFlat.other_methods.size()) {
      if (name == kFlat.other_methods[kOther]) return in<http::kMethodCount + kOther>(path, params);
      return find_other<kOther + 1>(name, path, params);
    }
    return kNone;
  }
};

}  // namespace duel::gin::routing
