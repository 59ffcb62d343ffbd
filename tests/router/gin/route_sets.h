#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "router/gin/engine.h"

// Applications whose lookups the tests and the fuzzer compare with the naive matcher.
namespace duel::gin::testing {

inline void nothing(Context&) {}

// A random generator for constant expressions: the LCG of Numerical Recipes. Its high bits are good enough for routes.
class Dice {
 public:
  constexpr explicit Dice(uint32_t seed) : state_(seed) {}
  constexpr uint32_t below(uint32_t limit) {
    state_ = state_ * 1664525 + 1013904223;
    return (state_ >> 16) % limit;
  }

 private:
  uint32_t state_;
};

// Patterns made from a few segments, so that they share prefixes, conflict and overlap. Refused patterns are left out
// at compile time by routing::judge_routes(), which is tested with the recorded data.
template <uint32_t kSeed, size_t kCount>
struct RandomRoutes {
  static constexpr std::array<std::string_view, 16> kSegments = {
      "a",    "b", "ab",   "abc",   "abcdefghi", ":x", ":y", "a:z",
      "ab:x", "",  "user", "users", "*rest",     "ba", "é",  "abcdefghijklmnopqrst"};
  static constexpr auto kText = [] {
    std::array<std::array<char, 96>, kCount> patterns{};
    Dice dice(kSeed);
    for (auto& pattern : patterns) {
      size_t size = 0;
      for (uint32_t left = 1 + dice.below(4); left > 0; --left) {
        const std::string_view segment = kSegments[dice.below(kSegments.size())];
        pattern[size++] = '/';
        for (const char c : segment) pattern[size++] = c;
      }
      if (dice.below(5) == 0 && pattern[size - 1] != '/') pattern[size++] = '/';
    }
    return patterns;
  }();
  static constexpr auto kEverything = [] {
    App<2 * kCount> app;
    for (size_t i = 0; i < kCount; ++i) {
      app.items[2 * i] = {Declaration::Kind::kRoute, nullptr, "GET", kText[i].data()};
      app.items[2 * i + 1] = {Declaration::Kind::kHandler, nothing, {}, {}};
    }
    return app;
  }();
  static constexpr auto kVerdicts = routing::judge_routes<routing::Compiled<kEverything>::kFlat>();
  static constexpr size_t kAccepted = [] {
    size_t count = 0;
    for (const routing::Problem& verdict : kVerdicts) count += verdict.refusal == routing::Refusal::kNone;
    return count;
  }();
  static constexpr auto kApp = [] {
    App<2 * kAccepted> app;
    size_t at = 0;
    for (size_t i = 0; i < 2 * kCount; ++i) {
      if (kVerdicts[i / 2].refusal == routing::Refusal::kNone) app.items[at++] = kEverything.items[i];
    }
    return app;
  }();
};

// Static routes of 1 to 70 bytes made from two letters and slashes, so that they share beginnings and ends. There are
// enough of them for the hash of static routes, and some are too long for it. Two routes with wildcards match the same
// paths.
inline constexpr size_t kStaticRoutes = 70;
inline constexpr auto kStaticPatterns = [] {
  std::array<std::array<char, kStaticRoutes>, kStaticRoutes> patterns{};
  Dice dice(11);
  for (size_t i = 0; i < kStaticRoutes; ++i) {
    patterns[i][0] = '/';
    for (size_t at = 1; at <= i; ++at) {
      const bool slash = dice.below(6) == 0 && patterns[i][at - 1] != '/';
      patterns[i][at] = slash ? '/' : static_cast<char>('a' + dice.below(2));
    }
  }
  return patterns;
}();
inline constexpr auto kStaticApp = [] {
  App<2 * kStaticRoutes + 4> app;
  for (size_t i = 0; i < kStaticRoutes; ++i) {
    internal::append(app.items, 2 * i, get({kStaticPatterns[i].data(), i + 1}, nothing));
  }
  internal::append(app.items, 2 * kStaticRoutes, get("/ab/:x", nothing));
  internal::append(app.items, 2 * kStaticRoutes + 2, get("/b:x/*rest", nothing));
  return app;
}();

inline constexpr auto kBacktracking = router(
    get("/aa/*xx", nothing), get("/ab/*xx", nothing), get("/:cc", nothing), get("/:cc/cc", nothing),
    get("/:cc/:dd/ee", nothing), get("/:cc/:dd/:ee/ff", nothing), get("/:cc/:dd/:ee/:ff/gg", nothing),
    get("/get/test/abc/", nothing), get("/get/:param/abc/", nothing), get("/something/:paramname/thirdthing", nothing),
    get("/something/secondthing/test", nothing), get("/get/abc/123abf/testss", nothing));

inline constexpr Endpoint kGithub[] = {
#define DUEL_ROUTE(method, pattern, path) {#method, pattern},
#include "router/sets/github.inc"
#undef DUEL_ROUTE
};
inline constexpr auto kGithubApp = router(all(kGithub, nothing));

// A copy of a path in a heap block of exactly its size, so that AddressSanitizer detects reads beyond it.
class ExactPath {
 public:
  explicit ExactPath(std::string_view path) : bytes_(new char[path.size()]), size_(path.size()) {
    std::memcpy(bytes_.get(), path.data(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

}  // namespace duel::gin::testing
