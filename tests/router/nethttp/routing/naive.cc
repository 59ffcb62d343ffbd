#include "tests/router/nethttp/routing/naive.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace duel::nethttp::testing {
namespace {

using routing::Pattern;
using routing::Relation;

// A pattern with a host wins over one without.
bool is_more_specific(const Pattern& a, const Pattern& b) {
  if (a.host.empty() != b.host.empty()) return !a.host.empty();
  return combine(compare_methods(a, b), compare_paths(a, b)) == Relation::kMoreSpecific;
}

}  // namespace

bool naive_matches(const Pattern& pattern, std::string_view host, std::string_view method, std::string_view path) {
  if (!pattern.host.empty() && pattern.host != host) return false;
  const bool by_get = method == "HEAD" && pattern.method == "GET";
  if (!pattern.method.empty() && pattern.method != method && !by_get) return false;
  for (const routing::Segment& segment : pattern.segments) {
    if (segment.multi) return !path.empty();
    if (path.empty()) return false;
    std::string buffer;
    const std::string_view text = routing::take_segment(path, buffer);
    if (segment.wild ? text == "/" : text != segment.text) return false;
  }
  return path.empty();
}

std::optional<size_t> naive_find(const std::vector<Pattern>& patterns, std::string_view host, std::string_view method,
                                 std::string_view path) {
  std::vector<size_t> matching;
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (naive_matches(patterns[i], host, method, path)) matching.push_back(i);
  }
  for (const size_t candidate : matching) {
    const bool wins = std::all_of(matching.begin(), matching.end(), [&](size_t other) {
      return other == candidate || is_more_specific(patterns[candidate], patterns[other]);
    });
    if (wins) return candidate;
  }
  if (matching.empty()) return std::nullopt;
  throw std::logic_error("no pattern is the most specific");
}

}  // namespace duel::nethttp::testing
