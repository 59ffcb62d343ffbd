#pragma once

#include <cstddef>
#include <string_view>

namespace duel::http::grammar {

// Where the next '/' from `at` on is, or the end. Not string_view::find, whose test of a pointer g++ does not take in a
// constant expression under UndefinedBehaviorSanitizer.
constexpr size_t end_of_segment(std::string_view path, size_t at) {
  while (at < path.size() && path[at] != '/') ++at;
  return at;
}

enum class TrailingSlash : bool { kDrop, kKeep };

// Writes the shortest equivalent of a path (no empty, "." or ".." element) to `to`, which has room for path.size() + 1
// more bytes, and returns its size. The result begins with '/' whether the path does or not, and ".." at the top stays
// at the top. kDrop is what Go's path.Clean does with a rooted path, kKeep what Gin does: a path that ends in '/' or
// "/." keeps one slash. `size` bytes of `to` are a clean path already, without a slash at its end, to which this one is
// joined.
constexpr size_t clean_path(std::string_view path, TrailingSlash trailing, char* to, size_t size = 0) {
  bool keep = path.size() > 1 && path.back() == '/';
  for (size_t at = 0; at < path.size();) {
    if (path[at] == '/') {
      ++at;
      continue;
    }
    const size_t end = end_of_segment(path, at);
    const std::string_view element = path.substr(at, end - at);
    if (element == ".") {
      keep = keep || end == path.size();
    } else if (element == "..") {
      while (size > 0 && to[--size] != '/') continue;
    } else {
      to[size++] = '/';
      for (const char c : element) to[size++] = c;
    }
    at = end;
  }
  if (size == 0 || (keep && trailing == TrailingSlash::kKeep)) to[size++] = '/';
  return size;
}

}  // namespace duel::http::grammar
