#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "router/gin/engine.h"
#include "tests/router/gin/route_sets.h"
#include "tests/router/gin/routing/naive.h"

namespace duel::gin::testing {
namespace {

// A pattern with values for its wildcards, or random segments.
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
  using Routes = routing::Router<kApp>;
  std::vector<std::string> patterns;
  for (size_t i = 0; i < Routes::size(); ++i) patterns.emplace_back(Routes::pattern(static_cast<int>(i)));
  std::mt19937 random(seed);
  size_t found = 0;
  for (int round = 0; round < 6'000; ++round) {
    const ExactPath path(random_path(patterns, random));
    const auto expected = naive_match(patterns, path.view());
    routing::Param params[routing::kMaxParams];
    const int route = Routes::find(http::Method::kGet, {}, path.view(), params);
    ASSERT_EQ(route, expected ? static_cast<int>(expected->pattern) : kNone) << path.view();
    if (!expected) continue;
    ++found;
    for (size_t i = 0; i < expected->params.size(); ++i) {
      ASSERT_EQ(params[i].view(), expected->params[i].second) << path.view() << " parameter " << i;
    }
  }
  EXPECT_GT(found, 600U) << "too few paths with a route";
  EXPECT_LT(found, 5'700U) << "too few paths without a route";
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

TEST(OracleOnSets, Backtracking) {
  compare_with_oracle<kBacktracking>(7);
}

// More than 32 children of one node, for which walk.h makes several switches.
constexpr size_t kChildren = 57;
constexpr auto kWideText = [] {
  std::array<std::array<char, 6>, kChildren> patterns{};  // with a parameter, because static routes would be hashed
  for (size_t i = 0; i < kChildren; ++i) patterns[i] = {'/', static_cast<char>('A' + i), 'x', '/', ':', 'y'};
  return patterns;
}();
constexpr auto kManyChildren = [] {
  App<2 * kChildren + 2> app;
  for (size_t i = 0; i < kChildren; ++i) {
    internal::append(app.items, 2 * i, get({kWideText[i].data(), kWideText[i].size()}, nothing));
  }
  internal::append(app.items, 2 * kChildren, get("/:any/more", nothing));
  return app;
}();

TEST(OracleOnSets, ManyChildren) {
  for (int byte = 'A'; byte < 'A' + static_cast<int>(kChildren); ++byte) {
    const ExactPath path(std::string("/") + static_cast<char>(byte) + "x/y");
    routing::Param params[routing::kMaxParams];
    EXPECT_EQ(Router<kManyChildren>::find(http::Method::kGet, {}, path.view(), params), byte - 'A');
  }
  compare_with_oracle<kManyChildren>(9);
}

TEST(OracleOnSets, StaticRoutes) {
  static_assert(routing::internal::MethodTree<routing::Compiled<kStaticApp>::kFlat, 0>::StaticRoutes::kUsed);
  compare_with_oracle<kStaticApp>(11);
}

// The hash of static routes reads beyond the end of a path, but not on another page.
TEST(OracleOnSets, StaticRoutesAtTheEndOfAPage) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* pages = mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  char* end = static_cast<char*>(pages) + page;
  ASSERT_EQ(mprotect(end, page, PROT_NONE), 0);
  routing::Param params[routing::kMaxParams];
  for (size_t i = 0; i < kStaticRoutes; ++i) {
    for (const size_t behind : std::array<size_t, 6>{0, 1, 15, 16, 63, 64}) {
      const std::string_view path(end - behind - (i + 1), i + 1);
      std::memset(end - behind, 'a', behind);
      std::memcpy(end - behind - path.size(), kStaticPatterns[i].data(), path.size());
      EXPECT_EQ(Router<kStaticApp>::find(http::Method::kGet, {}, path, params), static_cast<int>(i)) << path << behind;
    }
  }
  munmap(pages, 2 * page);
}

// The hash pads patterns with zeros, and a path may end with zeros.
TEST(OracleOnSets, StaticRoutesFollowedByZeros) {
  routing::Param params[routing::kMaxParams];
  for (size_t i = 1; i < kStaticRoutes; ++i) {
    const ExactPath path(std::string(kStaticPatterns[i].data(), i + 1) + std::string(1, 0));
    EXPECT_NE(Router<kStaticApp>::find(http::Method::kGet, {}, path.view(), params), static_cast<int>(i));
  }
  EXPECT_EQ(Router<kStaticApp>::find(http::Method::kGet, {}, {}, params), kNone);
}

TEST(OracleOnSets, GithubFindsEachRouteByItsPath) {
  int index = 0;
  routing::Param params[routing::kMaxParams];
#define DUEL_ROUTE(method, pattern, path) \
  EXPECT_EQ(Router<kGithubApp>::find(http::method_of(#method), {}, ExactPath(path).view(), params), index++);
#include "router/sets/github.inc"
#undef DUEL_ROUTE
  EXPECT_EQ(index, 203);
}

}  // namespace
}  // namespace duel::gin::testing
