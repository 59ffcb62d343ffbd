// For both router styles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/grammar/short_text.h"

// Paths without empty, "." and ".." elements.
namespace duel::http::grammar {

// The index of the first '/' from `at` on, or path.size(). Not string_view::find, which g++ refuses in a constant
// expression under UndefinedBehaviorSanitizer.
constexpr size_t end_of_segment(std::string_view path, size_t at) {
  while (at < path.size() && path[at] != '/') ++at;
  return at;
}

enum class CleanPath : uint8_t {
  kAsGo,         // Go's path.Clean: a relative path stays relative, and an empty one is "."
  kRooted,       // path.Clean of "/" and the path
  kRootedAsGin,  // Gin's cleanPath: kRooted, but a path that ends in "/" or "/." keeps one slash at its end
};

// Calls begin(index) for the first byte of each segment. Returns false if the path does not begin with '/', or if
// path.Clean would change it; then some segments may be missing.
template <typename Begin>
bool split_clean_path(std::string_view path, Begin begin) {
  if (path.empty() || path.front() != '/') return false;
  if (path.size() == 1) return true;
  size_t from = 0;  // the first byte of a segment; 0 before the first
  const auto is_clean = [&](size_t end) {
    const size_t size = end - from;
    return size > 2 || (size != 0 && path[from] != '.') || (size == 2 && path[from + 1] != '.');
  };
  const bool clean = for_each_slash(path, [&](size_t at) {
    if (from != 0 && !is_clean(at)) return false;
    from = at + 1;
    begin(from);
    return true;
  });
  return clean && is_clean(path.size());
}

// Whether the path begins with '/' and path.Clean would not change it.
inline bool is_clean_path(std::string_view path) {
  return split_clean_path(path, [](size_t) {});
}

// Appends the clean form of `path` to `to`: a std::string or a type with its empty(), size(), resize(), push_back(),
// append(std::string_view) and []. `to` must be empty, or hold a clean path without a slash at its end: the result is
// then the clean form of both joined with a slash. Adds at most path.size() + 1 bytes.
template <typename Text>
constexpr void append_clean_path(std::string_view path, CleanPath rules, Text& to) {
  const bool rooted = rules != CleanPath::kAsGo || path.starts_with('/');
  bool ends_in_slash = path.size() > 1 && path.back() == '/';
  size_t floor = 0;  // ".." removes nothing before it
  for (size_t at = 0; at < path.size();) {
    const size_t end = end_of_segment(path, at);
    const std::string_view element = path.substr(at, end - at);
    at = end + 1;
    if (element.empty()) continue;
    if (element == ".") {
      ends_in_slash = ends_in_slash || end == path.size();
      continue;
    }
    const bool up = element == "..";
    if (up && to.size() > floor) {
      size_t size = to.size() - 1;
      while (size > floor && to[size] != '/') --size;
      to.resize(size);
      continue;
    }
    if (up && rooted) continue;
    if (rooted || !to.empty()) to.push_back('/');
    to.append(element);
    if (up) floor = to.size();
  }
  const bool keeps_slash = ends_in_slash && rules == CleanPath::kRootedAsGin;
  if (to.empty() && !rooted) {
    to.push_back('.');
  } else if (to.empty() || keeps_slash) {
    to.push_back('/');
  }
}

namespace internal {

// A text in memory that the caller owns.
struct BorrowedText {
  char* bytes;
  size_t used;

  constexpr bool empty() const { return used == 0; }
  constexpr size_t size() const { return used; }
  constexpr void resize(size_t to) { used = to; }
  constexpr char operator[](size_t at) const { return bytes[at]; }
  constexpr void push_back(char c) { bytes[used++] = c; }
  constexpr void append(std::string_view text) {
    for (const char c : text) bytes[used++] = c;
  }
};

}  // namespace internal

// The same for plain memory: `to` has room for size + path.size() + 1 bytes, of which the first `size` are written.
// Returns the new size.
// NOLINTNEXTLINE(readability-non-const-parameter): BorrowedText writes to it
constexpr size_t clean_path(std::string_view path, CleanPath rules, char* to, size_t size = 0) {
  internal::BorrowedText text{to, size};
  append_clean_path(path, rules, text);
  return text.used;
}

}  // namespace duel::http::grammar
