#include <algorithm>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "router/nethttp/routing/node.h"
#include "router/nethttp/routing/pattern.h"
#include "router/nethttp/routing/pattern_error.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/route_lines.h"
#include "tests/router/nethttp/routing/naive.h"

// The input is lines. Each line before the first empty line is a pattern of Go 1.22. Each line after it is a request:
// METHOD, a blank, and a host and a path, such as "GET example.com/a/b". Checks: nothing crashes; a refusal has a
// sentence; conflicts do not depend on the order; patterns without conflicts never leave two equal winners; the tree
// finds the winner of the naive matcher.
namespace duel::nethttp::testing {
namespace {

using fuzz::check;

class Application {
 public:
  void add(std::string_view line) {
    try {
      routing::Pattern pattern = routing::parse_pattern(line);
      for (const routing::Pattern& other : patterns_) {
        std::string kind;
        const bool conflicts = conflict(pattern, other, kind);
        check(conflict(other, pattern, kind) == conflicts, "the order decides about a conflict", line);
        if (conflicts) return;
      }
      // An empty segment and a wildcard are the same in the tree, as in Go.
      has_empty_segment_ = has_empty_segment_ || line.find("//") != std::string_view::npos;
      tree_.add(pattern, patterns_.size());
      patterns_.push_back(std::move(pattern));
    } catch (const routing::PatternError& error) {
      check(std::string_view(error.what()).find("pattern") != std::string_view::npos, "a refusal without a sentence",
            line);
    }
  }

  void ask(std::string_view line) const {
    const size_t blank = line.find(' ');
    const size_t slash = line.find('/');
    if (blank == 0 || blank == std::string_view::npos || slash == std::string_view::npos || slash < blank) return;
    const std::string_view method = line.substr(0, blank);
    const std::string_view host = line.substr(blank + 1, slash - blank - 1);
    const std::string_view path = line.substr(slash);
    const auto found = tree_.find(host, method, path);
    if (has_empty_segment_ || path.find("//") != std::string_view::npos) return;
    const std::optional<size_t> expected = naive_find(patterns_, host, method, path);
    check((found.node != nullptr) == expected.has_value(), "the naive matcher gives another result", line);
    if (expected) check(found.node->handler() == *expected, "the naive matcher finds another pattern", line);
  }

 private:
  routing::Node<size_t> tree_;
  std::vector<routing::Pattern> patterns_;
  bool has_empty_segment_ = false;
};

}  // namespace
}  // namespace duel::nethttp::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::nethttp::testing::Application application;
  duel::fuzz::feed_route_lines(application, data, size);
  return 0;
}
