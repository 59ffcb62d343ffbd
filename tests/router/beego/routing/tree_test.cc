#include "router/beego/routing/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "router/beego/route.h"

namespace duel::beego::routing {
namespace {

using Values = std::map<std::string, std::string>;

class TreeTest : public ::testing::Test {
 protected:
  void add(const std::string& pattern) { add_to(tree_, pattern); }
  static void add_to(Tree& tree, const std::string& pattern) {
    auto route = std::make_shared<Route>();
    route->pattern = pattern;
    tree.add(pattern, route);
  }

  // The pattern that matches the path; empty if none does. Sets values_ to the parameters.
  std::string match(std::string_view path) {
    values::Params params;
    const Tree::Leaf* leaf = tree_.match(path, params);
    const auto table = params.table();
    values_ = Values(table.begin(), table.end());
    return leaf == nullptr ? "" : leaf->route->pattern;
  }

  Tree tree_;
  Values values_;
};

TEST_F(TreeTest, FixedPathsMatchTheCleanedPath) {
  add("/");
  add("/a/b");
  EXPECT_EQ(match("/"), "/");
  EXPECT_EQ(match("//a/./b/"), "/a/b");
  EXPECT_EQ(match("/a"), "");
  EXPECT_EQ(match("/a/b/c"), "");
  EXPECT_EQ(match("a/b"), "") << "a path must begin with a slash";
  EXPECT_EQ(match("*"), "");
}

TEST_F(TreeTest, FixedSegmentsComeBeforeParametersBeforeStar) {
  add("/*");
  add("/user/:id");
  add("/user/me");
  EXPECT_EQ(match("/user/me"), "/user/me");
  EXPECT_EQ(match("/user/7"), "/user/:id");
  EXPECT_EQ(values_, (Values{{":id", "7"}}));
  EXPECT_EQ(match("/other/x"), "/*");
  EXPECT_EQ(values_, (Values{{":splat", "other/x"}}));
}

TEST_F(TreeTest, TheWalkBacktracks) {
  add("/a/b/c");
  add("/:x/b/d");
  EXPECT_EQ(match("/a/b/d"), "/:x/b/d");
  EXPECT_EQ(values_, (Values{{":x", "a"}}));
}

TEST_F(TreeTest, TheLastOfEqualPatternsWins) {
  add("/:a");
  add("/:b");
  EXPECT_EQ(match("/1"), "/:b");
}

TEST_F(TreeTest, OptionalParametersMayBeMissing) {
  add("/list/?:page");
  EXPECT_EQ(match("/list"), "/list/?:page");
  EXPECT_TRUE(values_.empty());
  EXPECT_EQ(match("/list/2"), "/list/?:page");
  EXPECT_EQ(values_, (Values{{":page", "2"}}));
}

TEST_F(TreeTest, TypedParametersMatchTheirType) {
  add("/n/:id:int");
  add("/r/:id([0-9]+)_:name");
  add("/w/:word:string/x");
  EXPECT_EQ(match("/n/12"), "/n/:id:int");
  EXPECT_EQ(match("/n/12a"), "");
  EXPECT_EQ(match("/r/12_bob"), "/r/:id([0-9]+)_:name");
  EXPECT_EQ(values_, (Values{{":id", "12"}, {":name", "bob"}}));
  EXPECT_EQ(match("/w/a_1/x"), "/w/:word:string/x");
  EXPECT_EQ(match("/w/a-1/x"), "");
}

TEST_F(TreeTest, InvalidUtf8MatchesAsOneCharacterPerByte) {
  add("/:a(..)-:b(.+)");
  EXPECT_EQ(match("/\xFF\xC3-x\xE9"), "/:a(..)-:b(.+)");
  EXPECT_EQ(values_, (Values{{":a", "\xFF\xC3"}, {":b", "x\xE9"}}));
  EXPECT_EQ(match("/\xC3\xA9-x"), "") << "one character of two bytes";
}

TEST_F(TreeTest, StarTakesTheRest) {
  add("/static/*");
  add("/:user/files/*");
  add("/login/*/access");
  EXPECT_EQ(match("/static/css/a.css"), "/static/*");
  EXPECT_EQ(values_, (Values{{":splat", "css/a.css"}}));
  EXPECT_EQ(match("/static"), "/static/*");
  EXPECT_EQ(match("/bob/files/a/b"), "/:user/files/*");
  EXPECT_EQ(values_, (Values{{":user", "bob"}, {":splat", "a/b"}}));
  EXPECT_EQ(match("/bob/files"), "") << "after a parameter the rest must not be empty";
  EXPECT_EQ(match("/login/2009/11/access"), "/login/*/access");
}

TEST_F(TreeTest, PathAndExtensionAreCutAtTheFirstDot) {
  add("/f/*.*");
  EXPECT_EQ(match("/f/a/b.tar.gz"), "/f/*.*");
  EXPECT_EQ(values_, (Values{{":path", "a/b"}, {":ext", "tar.gz"}}));
  EXPECT_EQ(match("/f/a"), "/f/*.*");
  EXPECT_EQ(values_, (Values{{":path", "a"}}));
  EXPECT_EQ(match("/f"), "") << "no segment to cut";
}

TEST_F(TreeTest, KnownExtensionsOfTheLastFixedSegmentAreStripped) {
  add("/a/page");
  EXPECT_EQ(match("/a/page.json"), "/a/page");
  EXPECT_EQ(values_, (Values{{":ext", "json"}}));
  EXPECT_EQ(match("/a/page.txt"), "");
  EXPECT_EQ(match("/a.json/page"), "");
}

TEST_F(TreeTest, ABadRegularExpressionIsRefusedAndChangesNothing) {
  try {
    add("/x/?:id(a[)/y");
    FAIL() << "not refused";
  } catch (const RouteError& error) {
    EXPECT_NE(std::string(error.what()).find("(a[)"), std::string::npos) << error.what();
  }
  EXPECT_EQ(match("/x/y"), "") << "the branch without the optional segment";
}

TEST_F(TreeTest, BranchesBelowThreeWildcardsShareTheNameOfTheFourth) {
  add("/:a/:b/:c/?:d/:e");
  EXPECT_EQ(match("/1/2/3/4"), "/:a/:b/:c/?:d/:e");
  EXPECT_EQ(values_, (Values{{":a", "1"}, {":b", "2"}, {":c", "3"}, {":d", "4"}}));
  match("/1/2/3/4/5");
  EXPECT_EQ(values_, (Values{{":a", "1"}, {":b", "2"}, {":c", "3"}, {":d", "4"}, {":e", "5"}}));
}

TEST_F(TreeTest, BelowAPrefixOfThreeWildcardsTheLastChildNamesTheFourth) {
  const auto inner = std::make_shared<Tree>();
  for (const char* name : {"q", "w", "e", "r", "t", "z"}) add_to(*inner, std::string("/") + name + "/:" + name);
  tree_.add_tree("/:a/:b/:c", inner);
  match("/1/2/3/q/4");
  EXPECT_EQ(values_, (Values{{":a", "1"}, {":b", "2"}, {":c", "3"}, {":z", "4"}}));
}

TEST_F(TreeTest, BelowAPrefixOfTwoWildcardsEachChildHasItsName) {
  const auto inner = std::make_shared<Tree>();
  add_to(*inner, "/q/:q");
  add_to(*inner, "/w/:w");
  tree_.add_tree("/:a/:b", inner);
  match("/1/2/q/3");
  EXPECT_EQ(values_, (Values{{":a", "1"}, {":b", "2"}, {":q", "3"}}));
}

TEST_F(TreeTest, ATreeIsAddedBelowAPrefix) {
  const auto below = std::make_shared<Tree>();
  add_to(*below, "/item/:id");
  add_to(*below, "/");
  tree_.add_tree("/shop/:name", below);
  EXPECT_EQ(match("/shop/x/item/3"), "/item/:id");
  EXPECT_EQ(values_, (Values{{":name", "x"}, {":id", "3"}}));
  EXPECT_EQ(match("/shop/x"), "/");
  EXPECT_THROW(tree_.add_tree("/", below), RouteError);
  EXPECT_THROW(tree_.add_tree("/:a([)", below), RouteError);
  EXPECT_THROW(tree_.add_tree("/?:a/:b", below), RouteError) << "the tree would be its own child";
}

}  // namespace
}  // namespace duel::beego::routing
