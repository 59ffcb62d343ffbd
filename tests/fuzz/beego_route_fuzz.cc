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
#include "router/beego/routing/tree.h"
#include "router/beego/values/path.h"
#include "tests/router/beego/routing/naive.h"

// Input: lines. Up to the first empty one each is a pattern, or '>' and the prefix of a namespace that takes the
// patterns behind it; the others are paths. Nothing may crash, a path must be taken as its clean form is, and where the
// naive matcher knows all patterns the tree must find what it finds.
namespace duel::beego::testing {
namespace {

constexpr size_t kMaxLines = 24;
// Every optional parameter doubles the ways to a leaf, in the original as here, and in a namespace's prefix each way
// makes the leaf's regular expression longer: a programmer's to know, not a client's. Six took a minute under
// sanitizers.
constexpr long kMaxOptionals = 4;

using Values = std::map<std::string, std::string>;

struct Found {
  std::string pattern;  // empty: nothing
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
      hang();
      prefix_ = line.substr(1);
      inner_ = std::make_shared<routing::Tree>();
      return;
    }
    auto route = std::make_shared<Route>();
    route->pattern = std::to_string(patterns_.size());
    try {
      (inner_ ? *inner_ : tree_).add(line, route);
    } catch (const routing::RouteError&) {
      return;  // refused in a sentence
    }
    patterns_.push_back(values::split_pattern(line));
    simple_ = simple_ && std::ranges::all_of(patterns_.back(), is_simple) && star_is_last(patterns_.back());
  }

  // The last namespace is complete.
  void hang() {
    if (!inner_) return;
    simple_ = false;  // a prefix that ends in a wildcard takes the place of the wildcards before it
    try {
      tree_.add_tree(prefix_, inner_);
    } catch (const routing::RouteError&) {
    }
    inner_.reset();
  }

  void ask(std::string_view path) const {
    const Found found = find(path);
    std::string buffer;
    const std::string_view clean = values::clean_path(path, buffer);
    if (found != find(clean)) fail("the clean path is taken otherwise", path, found.pattern, find(clean).pattern);
    if (!simple_ || clean.front() != '/') return;
    Segments segments;
    for (const std::string_view segment : values::split_path(clean)) segments.emplace_back(segment);
    for (const char* extension : {".json", ".xml", ".html"}) {
      if (!segments.empty() && segments.back().ends_with(extension)) return;
    }
    const auto winner = naive_match(patterns_, segments);
    const std::string expected = winner ? std::to_string(*winner) : "";
    if (found.pattern != expected) fail("not the naive matcher's", path, found.pattern, expected);
  }

 private:
  // What the naive matcher knows: nothing between a parameter's name and the segment's end.
  static bool is_simple(const std::string& segment) {
    if (segment == "*") return true;
    if (segment.empty()) return false;
    const bool wild = segment.front() == ':';
    // The names that `*` and `*.*` give: a parameter that is called so is taken for them, as in the original.
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
    return {.pattern = leaf == nullptr ? "" : leaf->route->pattern,
            .params = Values(params.table().begin(), params.table().end())};
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
      application.hang();
    } else if (patterns) {
      application.add(text);
    } else {
      application.ask(text);
    }
  }
  return 0;
}
