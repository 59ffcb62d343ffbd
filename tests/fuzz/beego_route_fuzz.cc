#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/route.h"
#include "router/beego/routing/path_segments.h"
#include "router/beego/routing/tree.h"
#include "router/beego/values/text.h"
#include "tests/router/beego/routing/naive.h"

// The input is lines. Each line before the first empty line is a pattern, or '>' and the prefix of a namespace that
// gets the patterns after it. Each line after the empty line is a path. Checks: nothing crashes; a path and its cleaned
// form give the same result; if the naive matcher supports all patterns, the tree agrees with it.
namespace duel::beego::testing {
namespace {

constexpr size_t kMaxLines = 24;
// Each optional parameter doubles the number of branches, in beego 2.1.0 and here. In a namespace's prefix each branch
// also makes the leaf's regular expression longer. Six of them take a minute with sanitizers. Patterns come from
// programmers, never from clients.
constexpr long kMaxOptionals = 4;

using Values = std::map<std::string, std::string>;

struct Found {
  std::string pattern;  // empty if no pattern matches
  Values params;
  bool operator==(const Found&) const = default;
};

[[noreturn]] void fail(std::string_view what, std::string_view path, const std::string& found,
                       const std::string& expected) {
  std::cerr << what << "\npath:     " << path << "\nfound:    " << found << "\nexpected: " << expected << '\n';
  std::abort();
}

class Application {
 public:
  void add(const std::string& line) {
    if (std::count(line.begin(), line.end(), '?') > kMaxOptionals) return;
    if (line.front() == '>') {
      add_namespace();
      prefix_ = line.substr(1);
      inner_ = std::make_shared<routing::Tree>();
      return;
    }
    auto route = std::make_shared<Route>();
    route->pattern = std::to_string(patterns_.size());
    try {
      (inner_ ? *inner_ : tree_).add(line, route);
    } catch (const routing::RouteError&) {
      return;  // the pattern is wrong
    }
    patterns_.push_back(routing::split_pattern(line));
    simple_ = simple_ && std::ranges::all_of(patterns_.back(), is_simple) && star_is_last(patterns_.back());
  }

  // Adds the namespace that is being filled to the tree.
  void add_namespace() {
    if (!inner_) return;
    simple_ = false;  // a prefix that ends in a wildcard replaces wildcards that were added before
    try {
      tree_.add_tree(prefix_, inner_);
    } catch (const routing::RouteError&) {
    }
    inner_.reset();
  }

  void check_path(std::string_view path) const {
    const Found found = find(path);
    std::string buffer;
    const std::string_view clean = values::clean_path(path, buffer);
    if (found != find(clean)) fail("the cleaned path gives another result", path, found.pattern, find(clean).pattern);
    if (!simple_ || clean.front() != '/') return;
    Segments segments;
    routing::SplitPath split;
    if (!split.cut(clean)) fail("a clean path is refused", path, "", "");
    for (size_t i = 0; i < split.size(); ++i) segments.emplace_back(split[i]);
    for (const char* extension : {".json", ".xml", ".html"}) {
      if (!segments.empty() && segments.back().ends_with(extension)) return;
    }
    const auto winner = naive_match(patterns_, segments);
    const std::string expected = winner ? std::to_string(*winner) : "";
    if (found.pattern != expected) fail("the naive matcher gives another result", path, found.pattern, expected);
  }

 private:
  // Whether the naive matcher supports the segment: a parameter must be the whole segment.
  static bool is_simple(const std::string& segment) {
    if (segment == "*") return true;
    if (segment.empty()) return false;
    const bool wild = segment.front() == ':';
    // A parameter whose name is also set by `*` or `*.*` behaves like these wildcards, as in beego 2.1.0.
    if (segment == ":" || segment == ":splat" || segment == ":path" || segment == ":ext") return false;
    return std::ranges::all_of(std::string_view(segment).substr(wild ? 1 : 0), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
  }
  static bool star_is_last(const Segments& pattern) {
    const auto star = std::find(pattern.begin(), pattern.end(), "*");
    return star == pattern.end() || star + 1 == pattern.end();
  }

  Found find(std::string_view path) const {
    values::Params params;
    const routing::Tree::Leaf* leaf = tree_.match(path, params);
    const auto table = params.table();
    return {.pattern = leaf == nullptr ? "" : leaf->route->pattern, .params = Values(table.begin(), table.end())};
  }

  routing::Tree tree_;
  std::string prefix_;
  std::shared_ptr<routing::Tree> inner_;  // the namespace that is being filled
  std::vector<Segments> patterns_;
  bool simple_ = true;
};

}  // namespace
}  // namespace duel::beego::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel::beego::testing;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Application application;
  bool patterns = true;
  for (size_t line = 0; line < kMaxLines && !rest.empty(); ++line) {
    const std::string text(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    if (patterns && text.empty()) {
      patterns = false;
      application.add_namespace();
    } else if (patterns) {
      application.add(text);
    } else {
      application.check_path(text);
    }
  }
  return 0;
}
