#include "router/gin/redirect.h"

#include <gtest/gtest.h>

#include "tests/router/go_redirects.h"

namespace duel::gin::testing {
namespace {

TEST(ResolveLocation, IsGos) {
  memory::Arena arena;
  for (const auto& [location, sent] : kGoRedirects)
    EXPECT_EQ(resolve_location(location, "/dir/page", arena), sent) << location;
}

TEST(ResolveLocation, JoinsAndCleansPathsOnly) {
  memory::Arena arena;
  EXPECT_EQ(resolve_location("/a/../b/?x=../y", "/z", arena), "/b/?x=../y");
  EXPECT_EQ(resolve_location("next", "/dir/page", arena), "/dir/next");
  EXPECT_EQ(resolve_location("https://example.com/a/../b", "/z", arena), "https://example.com/a/../b");
  EXPECT_EQ(resolve_location("//host/a//b", "/z", arena), "//host/a//b");
}

}  // namespace
}  // namespace duel::gin::testing
