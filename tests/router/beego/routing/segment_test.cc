#include "router/beego/routing/segment.h"

#include <gtest/gtest.h>

#include <ostream>

namespace duel::beego::routing {
namespace {

struct Case {
  std::string text;
  bool optional;
  std::vector<std::string> names;
  std::string regex;
};

void PrintTo(const Case& segment, std::ostream* out) {
  *out << segment.text;
}

class WildSegment : public ::testing::TestWithParam<Case> {};

TEST_P(WildSegment, IsRead) {
  const Segment segment = read_segment(GetParam().text);
  EXPECT_TRUE(segment.wild);
  EXPECT_EQ(segment.optional, GetParam().optional);
  EXPECT_EQ(segment.names, GetParam().names);
  EXPECT_EQ(segment.regex, GetParam().regex);
}

INSTANTIATE_TEST_SUITE_P(Grammar, WildSegment,
                         ::testing::Values(Case{":id", false, {":id"}, ""},                       //
                                           Case{"?:id", true, {":id"}, ""},                       //
                                           Case{":id:int", false, {":id"}, "([0-9]+)"},           //
                                           Case{":name:string", false, {":name"}, R"(([\w]+))"},  //
                                           Case{":id([0-9]+)", false, {":id"}, "([0-9]+)"},       //
                                           Case{"?:id([0-9]+)", true, {":id"}, "([0-9]+)"},       //
                                           Case{":id([0-9]+)_:name", false, {":id", ":name"}, "([0-9]+)_(.+)"},
                                           Case{"cms_:id_:page.html", false, {":id_", ":page"}, "cms_(.+)(.+).html"},
                                           Case{
                                               "cms_:id(.+)_:page.html", false, {":id", ":page"}, "cms_(.+)_(.+).html"},
                                           Case{"*", false, {":splat"}, ""},                //
                                           Case{"*.*", false, {".", ":path", ":ext"}, ""},  //
                                           Case{":id(", false, {":id"}, ""}));

TEST(FixedSegment, HasNoColonAndNoStarAtItsBeginning) {
  for (const char* text : {"admin", "a*b", "", "x(y)", "?x"}) EXPECT_FALSE(read_segment(text).wild) << text;
}

}  // namespace
}  // namespace duel::beego::routing
