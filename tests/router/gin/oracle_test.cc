#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "router/gin/engine.h"
#include "tests/router/gin/naive.h"

namespace duel::gin::testing {
namespace {

void nothing(Context&) {}

// A generator that constants can be made of (Numerical Recipes' LCG; the high bits are good enough to make routes).
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

// Patterns made from a handful of segments, so that they share prefixes, conflict and overlap. Those that are refused
// are left out: at compile time, by the check that is itself tested against the recorded data.
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
  static constexpr auto kVerdicts = judge_routes<Compiled<kEverything>::kFlat>();
  static constexpr size_t kAccepted = [] {
    size_t count = 0;
    for (const Problem& verdict : kVerdicts) count += verdict.refusal == Refusal::kNone;
    return count;
  }();
  static constexpr auto kApp = [] {
    App<2 * kAccepted> app;
    size_t at = 0;
    for (size_t i = 0; i < 2 * kCount; ++i) {
      if (kVerdicts[i / 2].refusal == Refusal::kNone) app.items[at++] = kEverything.items[i];
    }
    return app;
  }();
};

// In a heap block of its own size, so that AddressSanitizer sees a read beyond it.
class ExactPath {
 public:
  explicit ExactPath(const std::string& path) : bytes_(new char[path.size()]), size_(path.size()) {
    std::memcpy(bytes_.get(), path.data(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

// A pattern with its wildcards filled in, or segments at random.
std::string random_path(const std::vector<std::string>& patterns, std::mt19937& random) {
  const std::vector<std::string> values = {"", "a", "ab", "abcdefghi", "users", "x", "a/b", "é", std::string(40, 'q')};
  const auto below = [&](size_t limit) { return random() % limit; };
  std::string path;
  if (below(3) != 0) {
    const std::string& pattern = patterns[below(patterns.size())];
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == ':' || pattern[i] == '*') {
        path += values[below(values.size())];
        while (i + 1 < pattern.size() && pattern[i + 1] != '/') ++i;
      } else {
        path += pattern[i];
      }
    }
    if (below(4) == 0 && !path.empty()) path.resize(below(path.size()) + 1);
    if (below(6) == 0) path += '/';
  } else {
    for (size_t left = below(5) + 1; left > 0; --left) path += "/" + values[below(values.size())];
  }
  return path;
}

template <const auto& kApp>
void compare_with_oracle(uint32_t seed) {
  using Routes = Router<kApp>;
  std::vector<std::string> patterns;
  for (size_t i = 0; i < Routes::size(); ++i) patterns.emplace_back(Routes::pattern(static_cast<int>(i)));
  std::mt19937 random(seed);
  size_t found = 0;
  for (int round = 0; round < 6'000; ++round) {
    const ExactPath path(random_path(patterns, random));
    const auto expected = naive_match(patterns, path.view());
    Param params[kMaxParams];
    const int route = Routes::find(http::Method::kGet, {}, path.view(), params);
    ASSERT_EQ(route, expected ? static_cast<int>(expected->pattern) : kNone) << path.view();
    if (!expected) continue;
    ++found;
    for (size_t i = 0; i < expected->params.size(); ++i) {
      ASSERT_EQ(params[i].view(), expected->params[i].second) << path.view() << " parameter " << i;
    }
  }
  EXPECT_GT(found, 600U) << "too few paths have a route for this to mean anything";
  EXPECT_LT(found, 5'700U) << "too few paths have none";
}

template <class Number>
class Oracle : public ::testing::Test {};
template <uint32_t kValue>
using Seed = std::integral_constant<uint32_t, kValue>;
using Seeds = ::testing::Types<Seed<1>, Seed<2>, Seed<3>, Seed<4>, Seed<5>, Seed<6>, Seed<7>, Seed<8>>;
TYPED_TEST_SUITE(Oracle, Seeds);

TYPED_TEST(Oracle, AgreesOnRandomRoutes) {
  using Set = RandomRoutes<TypeParam::value, 40>;
  static_assert(Set::kAccepted > 10);
  compare_with_oracle<Set::kApp>(TypeParam::value);
}

constexpr auto kBacktracking = router(
    get("/aa/*xx", nothing), get("/ab/*xx", nothing), get("/:cc", nothing), get("/:cc/cc", nothing),
    get("/:cc/:dd/ee", nothing), get("/:cc/:dd/:ee/ff", nothing), get("/:cc/:dd/:ee/:ff/gg", nothing),
    get("/get/test/abc/", nothing), get("/get/:param/abc/", nothing), get("/something/:paramname/thirdthing", nothing),
    get("/something/secondthing/test", nothing), get("/get/abc/123abf/testss", nothing));

TEST(OracleOnSets, Backtracking) {
  compare_with_oracle<kBacktracking>(7);
}

// More than 32 children of one node: the switch is made of several.
constexpr size_t kChildren = 57;
constexpr auto kWideText = [] {
  std::array<std::array<char, 3>, kChildren> patterns{};
  for (size_t i = 0; i < kChildren; ++i) patterns[i] = {'/', static_cast<char>('A' + i), 'x'};
  return patterns;
}();
constexpr auto kManyChildren = [] {
  App<2 * kChildren + 2> app;
  for (size_t i = 0; i < kChildren; ++i) {
    internal::append(app.items, 2 * i, get({kWideText[i].data(), 3}, nothing));
  }
  internal::append(app.items, 2 * kChildren, get("/:any/more", nothing));
  return app;
}();

TEST(OracleOnSets, ManyChildren) {
  for (int byte = 'A'; byte < 'A' + static_cast<int>(kChildren); ++byte) {
    const ExactPath path(std::string("/") + static_cast<char>(byte) + "x");
    Param params[kMaxParams];
    EXPECT_EQ(Router<kManyChildren>::find(http::Method::kGet, {}, path.view(), params), byte - 'A');
  }
  compare_with_oracle<kManyChildren>(9);
}

constexpr Endpoint kGithub[] = {
#define DUEL_ROUTE(method, pattern, path) {#method, pattern},
#include "router/sets/github.inc"
#undef DUEL_ROUTE
};
constexpr auto kGithubApp = router(all(kGithub, nothing));

TEST(OracleOnSets, GithubFindsEachRouteByItsPath) {
  int index = 0;
  Param params[kMaxParams];
#define DUEL_ROUTE(method, pattern, path) \
  EXPECT_EQ(Router<kGithubApp>::find(http::method_of(#method), {}, ExactPath(path).view(), params), index++);
#include "router/sets/github.inc"
#undef DUEL_ROUTE
  EXPECT_EQ(index, 203);
}

}  // namespace
}  // namespace duel::gin::testing
