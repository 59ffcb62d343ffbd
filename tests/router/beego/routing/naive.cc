#include "tests/router/beego/routing/naive.h"

namespace duel::beego::testing {
namespace {

// How a pattern matches a path. Each step is a fixed segment (0), a wildcard (1) or the whole rest (2). At the end of
// the path is the end of the pattern (0) or a `*` with no segment (1). The pattern with the smallest rank wins.
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

}  // namespace

std::string text_of(const Segments& segments) {
  std::string text;
  for (const std::string& segment : segments) text += "/" + segment;
  return text.empty() ? "/" : text;
}

std::optional<size_t> naive_match(std::span<const Segments> patterns, const Segments& path) {
  std::optional<Rank> best;
  std::optional<size_t> winner;
  for (size_t i = 0; i < patterns.size(); ++i) {
    const auto rank = rank_of(patterns[i], path);
    if (rank && (!best || *rank <= *best)) {
      best = rank;
      winner = i;
    }
  }
  return winner;
}

}  // namespace duel::beego::testing
