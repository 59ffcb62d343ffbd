#include "tests/router/gin/routing/naive.h"

#include <algorithm>

namespace duel::gin::testing {
namespace {

// A pattern whose first `at` bytes have been matched.
struct Candidate {
  size_t index;
  std::string_view pattern;
  size_t at;

  bool done() const { return at == pattern.size(); }
  char next() const { return pattern[at]; }
  bool at_wildcard() const { return !done() && (next() == ':' || next() == '*'); }
  std::string_view name() const { return pattern.substr(at + 1, end_of_segment() - at - 1); }
  size_t end_of_segment() const { return std::min(pattern.find('/', at), pattern.size()); }
};

using Candidates = std::vector<Candidate>;

template <class Predicate>
Candidates those(const Candidates& all, Predicate predicate) {
  Candidates some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), predicate);
  return some;
}

std::optional<NaiveMatch> search(const Candidates& all, std::string_view path, size_t at) {
  if (all.empty()) return std::nullopt;
  // The value of a catch-all is the rest of the path and begins with the slash before it.
  const auto catch_all = [&] {
    return std::find_if(all.begin(), all.end(), [](const Candidate& c) { return c.at_wildcard() && c.next() == '*'; });
  };
  if (at == path.size()) {
    for (const Candidate& candidate : all) {
      if (candidate.done()) return NaiveMatch{candidate.index, {}};
    }
  } else {
    Candidates same =
        those(all, [&](const Candidate& c) { return !c.done() && !c.at_wildcard() && c.next() == path[at]; });
    for (Candidate& candidate : same) ++candidate.at;
    if (auto found = search(same, path, at + 1)) return found;

    Candidates params = those(all, [](const Candidate& c) { return c.at_wildcard() && c.next() == ':'; });
    if (!params.empty()) {
      const std::string name(params[0].name());
      const size_t end = std::min(path.find('/', at), path.size());
      for (Candidate& candidate : params) candidate.at = candidate.end_of_segment();
      if (auto found = search(params, path, end)) {
        found->params.insert(found->params.begin(), {name, std::string(path.substr(at, end - at))});
        return found;
      }
    }
  }
  if (const auto found = catch_all(); found != all.end()) {
    return NaiveMatch{found->index, {{std::string(found->name()), std::string(path.substr(at - 1))}}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<NaiveMatch> naive_match(const std::vector<std::string>& patterns, std::string_view path) {
  Candidates all;
  for (size_t i = 0; i < patterns.size(); ++i) all.push_back({i, patterns[i], 0});
  return search(all, path, 0);
}

}  // namespace duel::gin::testing
