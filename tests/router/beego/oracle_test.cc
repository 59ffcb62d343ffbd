// The tree against a matcher that has none: it looks at every pattern in turn and ranks those that fit by the rules
// that tree.h states. Patterns are of fixed segments and parameters, with a `*` at the end or not.

#include <gtest/gtest.h>

#include <random>

#include "router/beego/path.h"
#include "router/beego/route.h"
#include "router/beego/tree.h"

namespace duel::beego {
namespace {

using Segments = std::vector<std::string>;

// How a pattern takes a path: at each step a fixed segment (0), a wildcard (1) or the whole rest (2); at the end the
// pattern's own end (0) or a `*` that takes nothing (1). The smallest wins.
using Rank = std::vector<int>;

std::optional<Rank> rank_of(const Segments& pattern, const Segments& path) {
  Rank rank;
  bool any_parameter = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == "*") {
      if (i == path.size()) {
        if (any_parameter) return std::nullopt;
        rank.push_back(1);
        return rank;
      }
      rank.push_back(1);
      rank.push_back(i + 1 == path.size() ? 0 : 2);
      return rank;
    }
    if (i == path.size()) return std::nullopt;
    const bool wild = pattern[i].front() == ':';
    if (!wild && pattern[i] != path[i]) return std::nullopt;
    any_parameter |= wild;
    rank.push_back(wild ? 1 : 0);
  }
  if (pattern.size() != path.size()) return std::nullopt;
  rank.push_back(0);
  return rank;
}

std::string text_of(const Segments& segments) {
  std::string text;
  for (const std::string& segment : segments) text += "/" + segment;
  return text.empty() ? "/" : text;
}

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
      std::optional<Rank> best;
      size_t winner = 0;
      for (size_t i = 0; i < patterns.size(); ++i) {
        const auto rank = rank_of(patterns[i], path);
        // Of equal ranks the pattern registered last wins.
        if (rank && (!best || *rank <= *best)) {
          best = rank;
          winner = i;
        }
      }
      Params params;
      const Tree::Leaf* leaf = tree.match(text_of(path), params);
      ASSERT_EQ(leaf != nullptr, best.has_value()) << "seed " << seed << " path " << text_of(path);
      if (leaf == nullptr) continue;
      ++hits;
      ASSERT_EQ(leaf->route->pattern, std::to_string(winner)) << "seed " << seed << " path " << text_of(path);
      for (size_t i = 0; i < patterns[winner].size() && patterns[winner][i] != "*"; ++i) {
        if (patterns[winner][i].front() == ':') {
          ASSERT_EQ(params.get(patterns[winner][i]), path[i]);
        }
      }
    }
  }
  EXPECT_GT(hits, 5000U) << "the generator has lost its aim";
}

}  // namespace
}  // namespace duel::beego
