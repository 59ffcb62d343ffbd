#include "router/gin/binding/url.h"

#include <gtest/gtest.h>

#include <string>

#include "http/grammar/clean_path.h"
#include "router/gin/binding/values.h"
#include "router/gin/redirect.h"
#include "router/gin/routing/fold.h"
#include "tests/router/go_redirects.h"

namespace duel::gin::testing {
namespace {

std::string clean(std::string_view path, http::grammar::TrailingSlash trailing = http::grammar::TrailingSlash::kKeep) {
  std::string to(path.size() + 1, '#');
  to.resize(http::grammar::clean_path(path, trailing, to.data()));
  return to;
}

TEST(CleanPath, LeavesNoEmptyAndNoDotElements) {
  EXPECT_EQ(clean(""), "/");
  EXPECT_EQ(clean("abc"), "/abc");
  EXPECT_EQ(clean("//a///b//"), "/a/b/");
  EXPECT_EQ(clean("/a/./b/../c"), "/a/c");
  EXPECT_EQ(clean("/../../x"), "/x");
  EXPECT_EQ(clean("/a/."), "/a/");
  EXPECT_EQ(clean("/a/.."), "/");
  EXPECT_EQ(clean("/a..b/..c"), "/a..b/..c");
  EXPECT_EQ(clean("/a/b/", http::grammar::TrailingSlash::kDrop), "/a/b");
}

TEST(Unescape, DecodesOrRefuses) {
  memory::Arena arena;
  EXPECT_EQ(unescape("/a%20b%2F", binding::Plus::kIsPlus, arena), "/a b/");
  EXPECT_EQ(unescape("a+b", binding::Plus::kIsPlus, arena), "a+b");
  EXPECT_EQ(unescape("a+b%2b", binding::Plus::kIsSpace, arena), "a b+");
  EXPECT_EQ(unescape("%", binding::Plus::kIsPlus, arena), std::nullopt);
  EXPECT_EQ(unescape("%4", binding::Plus::kIsPlus, arena), std::nullopt);
  EXPECT_EQ(unescape("%4g", binding::Plus::kIsPlus, arena), std::nullopt);
  EXPECT_EQ(unescape("", binding::Plus::kIsPlus, arena), "");
}

TEST(Unescape, CopiesOnlyIfItMust) {
  memory::Arena arena;
  const std::string_view plain = "/nothing/to/decode";
  EXPECT_EQ(unescape(plain, binding::Plus::kIsPlus, arena)->data(), plain.data());
}

TEST(EscapePath, IsTheStandardFormOfADecodedPath) {
  memory::Arena arena;
  EXPECT_EQ(binding::escape_path("/a b(ü)%", arena), "/a%20b%28%C3%BC%29%25");
  EXPECT_EQ(binding::escape_path("/-_.~$&+,/:;=@", arena), "/-_.~$&+,/:;=@");
  EXPECT_TRUE(binding::is_standard_escape("/a%20b", "/a b"));
  EXPECT_FALSE(binding::is_standard_escape("/%61", "/a"));
  EXPECT_FALSE(binding::is_standard_escape("/a%2Fb", "/a/b"));
  EXPECT_FALSE(binding::is_standard_escape("/!", "/!"));
  EXPECT_FALSE(binding::is_standard_escape("/%c3%bc", "/ü"));
  EXPECT_TRUE(binding::is_standard_escape("/%C3%BC", "/ü"));
  EXPECT_FALSE(binding::is_standard_escape("/ü", "/ü"));
}

TEST(Values, TakesTheFirstValueAndSkipsBadPairs) {
  memory::Arena arena;
  const auto find = [&](std::string_view text, std::string_view name) {
    return binding::Values(text, arena).find(name);
  };
  EXPECT_EQ(find("a=1&b=2&a=3", "a"), "1");
  EXPECT_EQ(find("a=%zz&a=ok", "a"), "ok");
  EXPECT_EQ(find("a=1;b=2&b=3", "b"), "3");
  EXPECT_EQ(find("x&%61=y+z", "a"), "y z");
  EXPECT_EQ(find("x&y=", "x"), "");
  EXPECT_EQ(find("x&y=", "y"), "");
  EXPECT_EQ(find("", "x"), std::nullopt);
  EXPECT_EQ(find("&&=v&", ""), "v");
}

TEST(Fold, ComparesLettersBeyondAscii) {
  EXPECT_TRUE(routing::equal_fold_unicode("ÄÖÜ straße", "äöü STRAßE"));
  EXPECT_TRUE(routing::equal_fold_unicode("ΑΣ", "ας")) << "both small sigmas";
  EXPECT_FALSE(routing::equal_fold_unicode("ı", "I")) << "no locale";
  EXPECT_FALSE(routing::equal_fold_unicode("a", "ab"));
  EXPECT_EQ(routing::to_upper(0xFF), 0x178U);
  EXPECT_EQ(routing::to_lower(0x416), 0x436U);
}

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
