#include "router/beego/values/path.h"

#include <gtest/gtest.h>

namespace duel::beego::values {
namespace {

std::string clean(std::string_view path) {
  std::string buffer;
  return std::string(clean_path(path, buffer));
}

TEST(CleanPath, LeavesAloneWhatIsClean) {
  for (const std::string_view path : {"/", "/a", "/a/b", "/.a/..b/c.", "/.../x"}) {
    std::string buffer;
    EXPECT_EQ(clean_path(path, buffer).data(), path.data()) << path;
  }
}

TEST(CleanPath, RemovesEmptyAndDotSegments) {
  EXPECT_EQ(clean("//"), "/");
  EXPECT_EQ(clean("/a/"), "/a");
  EXPECT_EQ(clean("//a//b//"), "/a/b");
  EXPECT_EQ(clean("/./a/./b/."), "/a/b");
  EXPECT_EQ(clean("/a/b/../c"), "/a/c");
  EXPECT_EQ(clean("/a/../.."), "/");
  EXPECT_EQ(clean("/../../a"), "/a");
}

TEST(CleanPath, KeepsRelativePathsRelative) {
  EXPECT_EQ(clean(""), ".");
  EXPECT_EQ(clean("./"), ".");
  EXPECT_EQ(clean("a/.."), ".");
  EXPECT_EQ(clean("a/../../b"), "../b");
  EXPECT_EQ(clean("../a/../.."), "../..");
}

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

TEST(LowerCase, KnowsLettersBeyondAscii) {
  EXPECT_EQ(lower_case("/ÜBER/Ab9_Ж/日本"), "/über/ab9_ж/日本");
  EXPECT_EQ(lower_case("\u212A\u0130\u2126"), "ki\u03C9") << "two that become ASCII, as in Go";
  EXPECT_EQ(lower_case("\xFFX\xC3"), "\uFFFDx\uFFFD") << "bytes that are no UTF-8 are replaced";
}

TEST(Decode, ReadsEscapes) {
  std::string decoded;
  EXPECT_TRUE(decode_path("/a%2Fb%20+", decoded));
  EXPECT_EQ(decoded, "/a/b +");
  EXPECT_TRUE(decode_query("a%2fb+c", decoded));
  EXPECT_EQ(decoded, "a/b c");
}

TEST(Decode, RefusesBrokenEscapes) {
  std::string decoded;
  for (const std::string_view broken : {"%", "%2", "a%2", "%zz", "%2g", "%%20"}) {
    EXPECT_FALSE(decode_path(broken, decoded)) << broken;
  }
}

}  // namespace
}  // namespace duel::beego::values
