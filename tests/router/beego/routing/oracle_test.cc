// Compares the tree with the naive matcher.

#include <gtest/gtest.h>

#include <random>

#include "router/beego/route.h"
#include "router/beego/routing/tree.h"
#include "tests/router/beego/routing/naive.h"

namespace duel::beego::routing {
namespace {

using testing::Segments;
using testing::text_of;

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  Segments pattern() {
    Segments segments;
    for (size_t left = below(5); left > 0; --left) {
      const size_t kind = below(10);
      if (kind == 0) {
        segments.emplace_back("*");
        break;
      }
      segments.push_back(kind < 4 ? ":p" + std::to_string(segments.size()) : word());
    }
    return segments;
  }
  Segments path() {
    Segments segments(below(6));
    for (std::string& segment : segments) segment = word();
    return segments;
  }
  size_t below(size_t limit) { return random_() % limit; }

 private:
  std::string word() {
    static constexpr const char* kWords[] = {"a", "b", "c", "ab", "x1"};
    return kWords[below(std::size(kWords))];
  }
  std::mt19937 random_;
};

TEST(Oracle, TreeAgreesWithTheNaiveMatcher) {
  size_t hits = 0;
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    Generator generator(seed);
    std::vector<Segments> patterns(1 + generator.below(12));
    Tree tree;
    for (size_t i = 0; i < patterns.size(); ++i) {
      patterns[i] = generator.pattern();
      auto route = std::make_shared<Route>();
      route->pattern = std::to_string(i);
      tree.add(text_of(patterns[i]), route);
    }
    for (int request = 0; request < 50; ++request) {
      const Segments path = generator.path();
      const std::string text = text_of(path);
      const std::optional<size_t> winner = testing::naive_match(patterns, path);
      values::Params params;
      const Tree::Leaf* leaf = tree.match(text, params);
      ASSERT_EQ(leaf != nullptr, winner.has_value()) << "seed " << seed << " path " << text;
      if (leaf == nullptr) continue;
      ++hits;
      ASSERT_EQ(leaf->route->pattern, std::to_string(*winner)) << "seed " << seed << " path " << text;
      for (size_t i = 0; i < patterns[*winner].size() && patterns[*winner][i] != "*"; ++i) {
        if (patterns[*winner][i].front() == ':') {
          ASSERT_EQ(params.get(patterns[*winner][i]), path[i]);
        }
      }
    }
  }
  EXPECT_GT(hits, 5000U) << "the generator makes too few paths that match";
}

}  // namespace
}  // namespace duel::beego::routing
