#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/router/gin/probe.h"

namespace duel::gin::binding {
bool operator==(const Pair& a, const Pair& b) {
  return a.name == b.name && a.value == b.value;
}
}  // namespace duel::gin::binding

namespace duel::gin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Query, DistinguishesAnEmptyFromAMissingValue) {
  probe("?name=Manu&last=&flag", [](Context& c) {
    EXPECT_EQ(c.query("name"), "Manu");
    EXPECT_EQ(c.default_query("last", "none"), "");
    EXPECT_EQ(c.default_query("id", "none"), "none");
    EXPECT_EQ(c.find_query("flag"), "");
    EXPECT_EQ(c.find_query("id"), std::nullopt);
  });
}

TEST(Query, DecodesNamesAndValues) {
  probe("?a%20b=1+2%2B3&%61=x", [](Context& c) {
    EXPECT_EQ(c.query("a b"), "1 2+3");
    EXPECT_EQ(c.query("a"), "x");
  });
}

TEST(Query, IgnoresMalformedPairs) {
  probe("?a=%zz&a=%4&b;c=1&a%=2&=3&&a=ok&%", [](Context& c) {
    EXPECT_THAT(c.query_array("a"), ElementsAre("ok"));
    EXPECT_EQ(c.find_query("b"), std::nullopt);
    EXPECT_EQ(c.find_query("a%"), std::nullopt);
    EXPECT_EQ(c.find_query(""), "3");
  });
}

TEST(Query, ReturnsEveryValueOfAName) {
  probe("?id=1&x=9&id=2%2C&id=", [](Context& c) {
    EXPECT_THAT(c.query_array("id"), ElementsAre("1", "2,", ""));
    EXPECT_THAT(c.query_array("none"), IsEmpty());
  });
}

TEST(Query, ReadsMapsAsGinDoes) {
  probe("?m[a]=1&m%5Bb%5D=2&m[a]=3&m[]=4&n[a]=5&m=6&m[c=7&m[d]e=8", [](Context& c) {
    EXPECT_THAT(c.query_map("m"),
                ElementsAre(binding::Pair{"a", "1"}, binding::Pair{"b", "2"}, binding::Pair{"d", "8"}));
  });
}

TEST(Query, LimitsTheKeysOfAMap) {
  std::string target = "?";
  for (int i = 0; i < 1000; ++i) target += "m[" + std::to_string(i) + "]=x&";
  probe(target, [](Context& c) { EXPECT_EQ(c.query_map("m").size(), binding::Values::kMaxMapKeys); });
}

const std::vector<FieldText> kForm = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};

TEST(Form, ReadsUrlencodedFields) {
  probe("POST", "?q=query", kForm, "a=1&b=x+y&a=2&m[k]=v", [](Context& c) {
    EXPECT_EQ(c.post_form("b"), "x y");
    EXPECT_THAT(c.post_form_array("a"), ElementsAre("1", "2"));
    EXPECT_THAT(c.post_form_map("m"), ElementsAre(binding::Pair{"k", "v"}));
    EXPECT_EQ(c.find_post_form("q"), std::nullopt) << "the query is not part of the form";
    EXPECT_EQ(c.default_post_form("none", "fallback"), "fallback");
    EXPECT_EQ(c.form_error(), "");
  });
}

TEST(Form, RequiresMethodAndContentType) {
  probe("DELETE", "?", kForm, "a=1", [](Context& c) { EXPECT_EQ(c.find_post_form("a"), std::nullopt); });
  probe("POST", "?", {{"Content-Type", "text/plain"}}, "a=1",
        [](Context& c) { EXPECT_EQ(c.find_post_form("a"), std::nullopt); });
}

}  // namespace
}  // namespace duel::gin::testing
