#include "router/nethttp/routing/path.h"

#include <gtest/gtest.h>

#include "tests/http/grammar/clean_path_cases.h"

namespace duel::nethttp::routing {
namespace {

// Go's cleanPath of net/http keeps one slash at the end of a path that has one.
TEST(CleanPath, IsAsInGoAndCopiesOnlyWhatItChanges) {
  for (const auto& [path, as_go, rooted, as_gin] : http::grammar::testing::kCleanCases) {
    std::string expected(rooted);
    if (path.ends_with('/') && rooted != "/") expected += '/';
    EXPECT_EQ(clean_path(path), expected) << path;
    std::string buffer;
    const std::string_view cleaned = clean_path(path, buffer);
    EXPECT_EQ(cleaned, expected) << path;
    EXPECT_EQ(cleaned.data() == path.data(), path == expected) << path;
  }
}

}  // namespace
}  // namespace duel::nethttp::routing
