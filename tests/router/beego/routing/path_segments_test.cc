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
  SplitPath path;
  ASSERT_TRUE(path.cut("/"));
  EXPECT_EQ(path.size(), 0U);
  EXPECT_EQ(path.from(0), "");
  ASSERT_TRUE(path.cut("/a/bc"));
  ASSERT_EQ(path.size(), 2U);
  EXPECT_EQ(path[0], "a");
  EXPECT_EQ(path[1], "bc");
  EXPECT_EQ(path.from(0), "a/bc");
  EXPECT_EQ(path.from(1), "bc");
  EXPECT_EQ(path.from(2), "");
}

TEST(SplitPath, TakesManySegments) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "/" + std::to_string(i);
  SplitPath path;
  ASSERT_TRUE(path.cut(text));
  ASSERT_EQ(path.size(), 1000U);
  for (size_t i = 0; i < path.size(); ++i) EXPECT_EQ(path[i], std::to_string(i));
  EXPECT_EQ(path.from(998), "998/999");
}

TEST(SplitPath, RefusesWhatIsNotClean) {
  for (const char* text : {"", "a", "a/b", "//", "/a/", "/a//b", "/./a", "/a/..", "/a/../b", "/."}) {
    EXPECT_FALSE(SplitPath().cut(text)) << text;
  }
  EXPECT_TRUE(SplitPath().cut("/.a/..b/..."));
}

TEST(SplitPattern, KeepsInnerEmptySegments) {
  EXPECT_TRUE(split_pattern(" / ").empty());
  EXPECT_EQ(split_pattern("/a//b/ "), (std::vector<std::string>{"a", "", "b"}));
}

}  // namespace
}  // namespace duel::beego::routing
