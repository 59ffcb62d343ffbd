#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "router/gin/routing/compile.h"
#include "router/gin/routing/declaration.h"
#include "router/gin/routing/tree.h"

// For router.h: finds the routes that Gin would refuse. The result is a constant (find_problem), or a compile error
// that begins with the patterns (RefusedRoute).
namespace duel::gin::routing {

struct Problem {
  Refusal refusal = Refusal::kNone;
  int16_t route = kNone;  // index of the refused route; any() makes nine routes
  int16_t other = kNone;  // index of the earlier route that conflicts with it, if there is one
};

namespace internal {

constexpr bool is_method(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

template <const auto& kFlat>
constexpr size_t tree_capacity() {
  size_t capacity = 1;
  for (size_t method = 0; method < kFlat.kMethods; ++method) {
    size_t nodes = 0;
    for (size_t i = 0; i < kFlat.routes.size(); ++i) {
      if (kFlat.routes[i].method == method) nodes += max_nodes(kFlat.pattern(i));
    }
    capacity = std::max(capacity, nodes);
  }
  return capacity;
}

}  // namespace internal

// Registers the routes one after the other and returns the verdict for each. A refused route has no effect on later
// routes.
template <const auto& kFlat>
constexpr auto judge_routes() {
  constexpr size_t kCount = kFlat.routes.size();
  std::array<Problem, kCount> verdicts{};
  std::array<RouteText, kCount> patterns{};
  for (size_t i = 0; i < kCount; ++i) patterns[i] = {static_cast<int16_t>(i), kFlat.pattern(i)};
  for (size_t method = 0; method < kFlat.kMethods; ++method) {
    if (kFlat.routes_of(method) == 0) continue;
    TreeBuilder<internal::tree_capacity<kFlat>()> tree(patterns.data());
    for (size_t i = 0; i < kCount; ++i) {
      if (kFlat.routes[i].method != method) continue;
      const auto id = static_cast<int16_t>(i);
      if (!internal::is_method(kFlat.method_name(method))) {
        verdicts[i] = {Refusal::kBadMethod, id, kNone};
      } else if (kFlat.routes[i].chain.size >= kMaxHandlers) {
        verdicts[i] = {Refusal::kTooManyHandlers, id, kNone};
      } else if (const Verdict verdict = tree.add(id); verdict.refusal != Refusal::kNone) {
        verdicts[i] = {verdict.refusal, id, verdict.other};
      }
    }
  }
  return verdicts;
}

template <const auto& kFlat>
constexpr Problem find_flat_problem() {
  auto verdicts = judge_routes<kFlat>();  // not const and not in the loop's head, or clang would evaluate it twice
  for (const Problem& problem : verdicts) {
    if (problem.refusal != Refusal::kNone) return problem;
  }
  return {};
}

// A string as a template argument, so that the compiler's message shows the pattern.
template <size_t N>
struct Text {
  char text[N + 1]{};
  constexpr explicit Text(std::string_view from) {
    std::copy(from.begin(), from.end(), text);
    text[N] = 0;  // clang prints the array as a string only if this 0 is assigned
  }
};

// clang cuts off strings in messages after 36 characters.
#ifdef __clang__
inline constexpr size_t kShownCharacters = 36;
#else
inline constexpr size_t kShownCharacters = ~size_t{0};
#endif

// A whole pattern, cut into pieces that the compiler shows completely.
template <auto... kPieces>
struct Pattern {};

template <const auto& kFlat, int kRoute, size_t kAt = 0, auto... kPieces>
consteval auto show_pattern() {
  if constexpr (kRoute == kNone) {
    return Pattern<>();
  } else {
    constexpr std::string_view kRest = kFlat.pattern(kRoute).substr(kAt, kShownCharacters);
    constexpr Text<kRest.size()> kPiece(kRest);
    constexpr size_t kEnd = kAt + kRest.size();
    if constexpr (kEnd == kFlat.pattern(kRoute).size()) {
      return Pattern<kPieces..., kPiece>();
    } else {
      return show_pattern<kFlat, kRoute, kEnd, kPieces..., kPiece>();
    }
  }
}

template <Refusal kRefusal, class Route, class ConflictsWith>
struct RefusedRoute {
  static constexpr bool is(Refusal refusal) { return kRefusal == refusal; }
  static_assert(!is(Refusal::kWildcardConflict), "this route conflicts with a wildcard of the other route");
  static_assert(!is(Refusal::kCatchAllConflict), "this catch-all conflicts with the path of the other route");
  static_assert(!is(Refusal::kDuplicate), "this route is declared twice");
  static_assert(!is(Refusal::kManyWildcardsInSegment), "only one wildcard is allowed between two slashes");
  static_assert(!is(Refusal::kEmptyWildcardName), "a wildcard needs a name");
  static_assert(!is(Refusal::kCatchAllNotLast), "a catch-all is allowed only at the end of a pattern");
  static_assert(!is(Refusal::kNoSlashBeforeCatchAll), "a catch-all needs a '/' before it");
  static_assert(!is(Refusal::kBadMethod), "a method must consist of capital letters");
  static_assert(!is(Refusal::kTooManyParams), "a pattern has at most kMaxParams wildcards");
  static_assert(!is(Refusal::kTooManyHandlers), "a route has at most kMaxHandlers handlers, including middleware");
  static constexpr bool kOk = kRefusal == Refusal::kNone;
};

}  // namespace duel::gin::routing
