#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "router/gin/routing/compile.h"
#include "router/gin/routing/declaration.h"
#include "router/gin/routing/tree.h"

// What is wrong with a list of routes: as a constant (find_problem), and as a compile error that begins with the
// patterns.
namespace duel::gin::routing {

struct Problem {
  Refusal refusal = Refusal::kNone;
  int16_t route = kNone;  // index of the refused route; `any` counts nine
  int16_t other = kNone;  // the earlier route that stands in its way, where there is one
};

namespace internal {

constexpr bool is_method(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

template <const auto& kFlat>
constexpr size_t tree_capacity() {
  size_t most = 1;
  for (size_t method = 0; method < kFlat.kMethods; ++method) {
    size_t nodes = 0;
    for (size_t i = 0; i < kFlat.routes.size(); ++i) {
      if (kFlat.routes[i].method == method) nodes += max_nodes(kFlat.pattern(i));
    }
    most = std::max(most, nodes);
  }
  return most;
}

}  // namespace internal

// What registering the routes one after the other gives for each; a refused route is as if it had never been there.
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
  auto verdicts = judge_routes<kFlat>();  // not const, nor in the loop's head: clang would evaluate it once more
  for (const Problem& problem : verdicts) {
    if (problem.refusal != Refusal::kNone) return problem;
  }
  return {};
}

// A string as a template argument: the way to get a pattern into the compiler's message.
template <size_t N>
struct Text {
  char text[N + 1]{};
  constexpr explicit Text(std::string_view from) {
    std::copy(from.begin(), from.end(), text);
    text[N] = 0;  // clang prints an array as a string only if somebody wrote the 0
  }
};

// clang cuts strings in messages after 36 characters.
#ifdef __clang__
inline constexpr size_t kShownCharacters = 36;
#else
inline constexpr size_t kShownCharacters = ~size_t{0};
#endif

// A whole pattern, in pieces that are shown in full.
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
  static_assert(!is(Refusal::kWildcardConflict), "this wildcard conflicts with the other route's at the same place");
  static_assert(!is(Refusal::kCatchAllConflict), "this catch-all conflicts with the other route, which continues here");
  static_assert(!is(Refusal::kDuplicate), "this route is declared twice");
  static_assert(!is(Refusal::kManyWildcardsInSegment), "only one wildcard is allowed between two slashes");
  static_assert(!is(Refusal::kEmptyWildcardName), "a wildcard needs a name");
  static_assert(!is(Refusal::kCatchAllNotLast), "a catch-all is allowed only at the end of a pattern");
  static_assert(!is(Refusal::kNoSlashBeforeCatchAll), "a catch-all needs a '/' before it");
  static_assert(!is(Refusal::kBadMethod), "a method consists of capital letters");
  static_assert(!is(Refusal::kTooManyParams), "more wildcards than kMaxParams");
  static_assert(!is(Refusal::kTooManyHandlers), "more handlers than kMaxHandlers, middleware included");
  static constexpr bool kOk = kRefusal == Refusal::kNone;
};

}  // namespace duel::gin::routing
