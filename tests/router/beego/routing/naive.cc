#include "tests/router/beego/routing/naive.h"

namespace duel::beego::testing {
namespace {

// How a pattern matches a path. The pattern with the smallest rank wins. A fixed segment adds 0 and a parameter adds 1.
// A `*` adds 1 if it matches no segment, 1 and 0 if it matches one, and 1 and 2 if it matches several. The end of a
// pattern without `*` adds 0.
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
