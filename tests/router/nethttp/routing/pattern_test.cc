#include "router/nethttp/routing/pattern.h"

#include <gtest/gtest.h>

#include <string>

#include "router/nethttp/routing/pattern_error.h"

namespace duel::nethttp::routing {
namespace {

std::string kind_of_refusal(const char* pattern) {
  try {
    parse_pattern(pattern);
  } catch (const PatternError& error) {
    return error.kind();
  }
  return "";
}

TEST(Pattern, HasMethodHostAndSegments) {
  const Pattern pattern = parse_pattern("GET \t example.com/a/{id}/{rest...}");
  EXPECT_EQ(pattern.method, "GET");
  EXPECT_EQ(pattern.host, "example.com");
  ASSERT_EQ(pattern.segments.size(), 3U);
  EXPECT_EQ(pattern.segments[0].text, "a");
  EXPECT_TRUE(pattern.segments[1].wild && !pattern.segments[1].multi);
  EXPECT_TRUE(pattern.segments[2].wild && pattern.segments[2].multi);
  EXPECT_EQ(pattern.segments[2].text, "rest");
}

TEST(Pattern, ASlashAtItsEndIsAWildcardWithoutAName) {
  const Pattern pattern = parse_pattern("/a/");
  EXPECT_TRUE(pattern.last().multi);
  EXPECT_EQ(pattern.last().text, "");
  EXPECT_EQ(parse_pattern("/a/{$}").last().text, "/");
  EXPECT_FALSE(parse_pattern("/a/{$}").last().wild);
}

TEST(Pattern, IsRefusedWithItsKind) {
  for (const auto& [pattern, kind] : {std::pair{"", "empty"},
                                      {"a", "no-slash"},
                                      {"GET", "no-slash"},
                                      {"G@T /", "bad-method"},
                                      {"/a{b}", "bad-segment"},
                                      {"/{b}a", "bad-segment"},
                                      {"/{a...}/b", "rest-not-last"},
                                      {"/{$}/b", "dollar-not-last"},
                                      {"/{}", "empty-wildcard-name"},
                                      {"/{1}", "bad-wildcard-name"},
                                      {"/{a}/{a}", "duplicate-wildcard-name"},
                                      {"{h}/", "brace-in-host"},
                                      {"GET //a", "unclean-path"}}) {
    EXPECT_EQ(kind_of_refusal(pattern), kind) << pattern;
  }
  EXPECT_EQ(kind_of_refusal("/a//b"), "") << "without a method the path may be unclean";
}

TEST(Pattern, CompareIsSymmetric) {
  const auto relation = [](const char* a, const char* b) { return compare_paths(parse_pattern(a), parse_pattern(b)); };
  EXPECT_EQ(relation("/a/b", "/a/{x}"), Relation::kMoreSpecific);
  EXPECT_EQ(relation("/a/{x}", "/a/b"), Relation::kMoreGeneral);
  EXPECT_EQ(relation("/a/{x}", "/a/{y}"), Relation::kEquivalent);
  EXPECT_EQ(relation("/a/{x}", "/{y}/b"), Relation::kOverlaps);
  EXPECT_EQ(relation("/a/", "/a/{$}"), Relation::kMoreGeneral);
  EXPECT_EQ(relation("/a/{x}", "/a/{$}"), Relation::kDisjoint);
}

}  // namespace
}  // namespace duel::nethttp::routing
