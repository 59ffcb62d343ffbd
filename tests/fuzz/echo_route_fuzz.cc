#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/echo/routing/tree.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/route_lines.h"

// The input is lines. Each line before the first empty line is a pattern of Echo. Each line after it is a path. Checks:
// nothing crashes; values are parts of the path. If all patterns are simple, the pattern with the values in it is the
// path, a path without wildcards finds its own pattern, and without `*` every path that fits a pattern finds one.
namespace duel::echo::routing::testing {
namespace {

using fuzz::check;

bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at + 1), path.size());
    segments.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return segments;
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 1 && segment.front() == ':' && is_word(segment.substr(1));
}

// Whether each segment of the pattern is a word or a parameter, and only the last one `*`.
bool is_simple(std::string_view pattern) {
  if (pattern.ends_with("/*")) pattern.remove_suffix(1);
  if (!pattern.starts_with('/')) return false;
  const std::vector<std::string_view> segments = split(pattern);
  return std::all_of(segments.begin(), segments.end(),
                     [](std::string_view segment) { return is_word(segment) || is_parameter(segment); });
}

// Whether the path has the segments of a pattern without `*`; a parameter fits any segment that is not empty.
bool fits(std::string_view path, std::string_view pattern) {
  const std::vector<std::string_view> wanted = split(pattern);
  const std::vector<std::string_view> segments = split(path);
  return std::equal(wanted.begin(), wanted.end(), segments.begin(), segments.end(),
                    [](std::string_view pattern_segment, std::string_view segment) {
                      return is_parameter(pattern_segment) ? !segment.empty() : pattern_segment == segment;
                    });
}

// The pattern, in which each wildcard is replaced by its value.
std::string fill(std::string_view pattern, const std::vector<std::string_view>& values) {
  std::string path;
  size_t next = 0;
  for (const std::string_view segment : split(pattern)) {
    const bool is_wildcard = is_parameter(segment) || segment == "*";
    path.append("/").append(is_wildcard ? values[next++] : segment);
  }
  return path;
}

class Application {
 public:
  void add(std::string_view pattern) {
    tree_.add("GET", pattern, patterns_.size());
    patterns_.emplace_back(pattern);
    simple_ = simple_ && is_simple(pattern);
    has_rest_ = has_rest_ || pattern.find('*') != std::string_view::npos;
  }

  void ask(std::string_view path) const {
    std::vector<std::string_view> values(tree_.max_params());
    const Route* const route = tree_.find("GET", path, values).route;
    if (route != nullptr) {
      check(route->names.size() <= values.size(), "more names than values", path);
      for (size_t i = 0; i < route->names.size(); ++i) {
        check(path.find(values[i]) != std::string_view::npos, "a value that is not in the path", path);
      }
    }
    if (!simple_ || !path.starts_with('/')) return;
    if (route != nullptr) check(fill(route->pattern, values) == path, "values that do not make the path", path);
    const auto fitting = [&](const std::string& pattern) { return !has_rest_ && fits(path, pattern); };
    if (std::any_of(patterns_.begin(), patterns_.end(), fitting)) check(route != nullptr, "no route is found", path);
    const bool is_pattern = std::find(patterns_.begin(), patterns_.end(), path) != patterns_.end();
    if (is_pattern && path.find_first_of(":*") == std::string_view::npos) {
      check(route != nullptr && route->pattern == path, "not the route without wildcards", path);
    }
  }

 private:
  Tree tree_;
  std::vector<std::string> patterns_;
  bool simple_ = true;
  bool has_rest_ = false;
};

}  // namespace
}  // namespace duel::echo::routing::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::echo::routing::testing::Application application;
  duel::fuzz::feed_route_lines(application, data, size);
  return 0;
}
