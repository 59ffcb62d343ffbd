#include "router/beego/routing/path_segments.h"

#include <gtest/gtest.h>

namespace duel::beego::routing {
namespace {

TEST(JoinPath, SkipsEmptyPartsAndCleans) {
  const std::vector<std::string_view> parts = {"/", "", "a", "b/", "../c"};
  EXPECT_EQ(join_path(parts), "/a/c");
  EXPECT_EQ(join_path({}), "");
}

TEST(SplitPath, GivesTheSegments) {
  EXPECT_TRUE(split_path("/").empty());
  EXPECT_EQ(split_path("/a/bc"), (std::vector<std::string_view>{"a", "bc"}));
}

TEST(SplitPattern, KeepsInnerEmptySegments) {
  EXPECT_TRUE(split_pattern(" / ").empty());
  EXPECT_EQ(split_pattern("/a//b/ "), (std::vector<std::string>{"a", "", "b"}));
}

}  // namespace
}  // namespace duel::beego::routing
