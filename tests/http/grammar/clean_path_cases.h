#pragma once

#include <string_view>

// Paths and their cleaned forms, for the tests of http/grammar/clean_path.h and of its callers in both router styles.
namespace duel::http::grammar::testing {

struct CleanCase {
  std::string_view path;
  std::string_view as_go;   // Go's path.Clean
  std::string_view rooted;  // path.Clean of "/" and the path
  std::string_view as_gin;  // Gin's cleanPath
};

inline constexpr CleanCase kCleanCases[] = {
    {"", ".", "/", "/"},
    {"/", "/", "/", "/"},
    {"//", "/", "/", "/"},
    {".", ".", "/", "/"},
    {"./", ".", "/", "/"},
    {"abc", "abc", "/abc", "/abc"},
    {"abc/", "abc", "/abc", "/abc/"},
    {"/a", "/a", "/a", "/a"},
    {"/a/", "/a", "/a", "/a/"},
    {"/a/.", "/a", "/a", "/a/"},
    {"/a/..", "/", "/", "/"},
    {"/a/b/", "/a/b", "/a/b", "/a/b/"},
    {"//a//b//", "/a/b", "/a/b", "/a/b/"},
    {"//a///b//", "/a/b", "/a/b", "/a/b/"},
    {"/./a/./b/.", "/a/b", "/a/b", "/a/b/"},
    {"/a/b/../c", "/a/c", "/a/c", "/a/c"},
    {"/a/./b/../c", "/a/c", "/a/c", "/a/c"},
    {"/a/../..", "/", "/", "/"},
    {"/../../x", "/x", "/x", "/x"},
    {"/a..b/..c/.../d.", "/a..b/..c/.../d.", "/a..b/..c/.../d.", "/a..b/..c/.../d."},
    {"a/..", ".", "/", "/"},
    {"a/../../b", "../b", "/b", "/b"},
    {"../a/../..", "../..", "/", "/"},
    {"../../a/b/..", "../../a", "/a", "/a"},
    {"a/b/../../../../c/", "../../c", "/c", "/c/"},
};

}  // namespace duel::http::grammar::testing
