#include "router/echo/routing/tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace duel::echo::routing {
namespace {

// The tree of patterns of GET, in the order given.
Tree tree_of(const std::vector<std::string>& patterns) {
  Tree tree;
  for (size_t i = 0; i < patterns.size(); ++i) tree.add("GET", patterns[i], i);
  return tree;
}

// The pattern of the route and its parameters, such as "/user/:id id=7"; "405 METHODS" if the path has only routes of
// other methods; "404" without a route.
std::string outcome(const Tree& tree, std::string_view path, std::string_view method = "GET") {
  std::vector<std::string_view> values(tree.max_params());
  const Found found = tree.find(method, path, values);
  if (found.route == nullptr) return found.place == nullptr ? "404" : "405 " + found.place->allow();
  std::string text = found.route->pattern;
  for (size_t i = 0; i < found.route->names.size(); ++i) {
    text += " " + found.route->names[i] + "=" + std::string(values[i]);
  }
  return text;
}

TEST(Tree, FindsTextParametersAndTheRest) {
  const Tree tree = tree_of({"/", "/users", "/users/:id", "/users/:id/files/*", "/users/:id/name"});
  EXPECT_EQ(outcome(tree, "/"), "/");
  EXPECT_EQ(outcome(tree, "/users"), "/users");
  EXPECT_EQ(outcome(tree, "/users/7"), "/users/:id id=7");
  EXPECT_EQ(outcome(tree, "/users/7/name"), "/users/:id/name id=7");
  EXPECT_EQ(outcome(tree, "/users/7/files/a/b.txt"), "/users/:id/files/* id=7 *=a/b.txt");
  EXPECT_EQ(outcome(tree, "/users/7/files/"), "/users/:id/files/* id=7 *=");
  EXPECT_EQ(outcome(tree, "/users/7/file"), "404");
  EXPECT_EQ(outcome(tree, "/user"), "404");
  EXPECT_EQ(outcome(tree, "/usersx"), "404");
  EXPECT_EQ(outcome(tree, ""), "404");
  EXPECT_EQ(outcome(Tree(), "/"), "404");
}

TEST(Tree, TextComesBeforeAParameterAndThatBeforeTheRest) {
  for (const auto& order : std::vector<std::vector<std::string>>{
           {"/a/new", "/a/:id", "/a/*"}, {"/a/*", "/a/:id", "/a/new"}, {"/a/:id", "/a/new", "/a/*"}}) {
    const Tree tree = tree_of(order);
    EXPECT_EQ(outcome(tree, "/a/new"), "/a/new");
    EXPECT_EQ(outcome(tree, "/a/next"), "/a/:id id=next");
    EXPECT_EQ(outcome(tree, "/a/"), "/a/* *=");
  }
}

TEST(Tree, GoesBackToAnotherBranch) {
  const Tree tree = tree_of({"/a/new/x", "/a/:id/y", "/*", "/a/:id/:sub/z"});
  EXPECT_EQ(outcome(tree, "/a/new/x"), "/a/new/x");
  EXPECT_EQ(outcome(tree, "/a/new/y"), "/a/:id/y id=new");
  EXPECT_EQ(outcome(tree, "/a/new/y/z"), "/a/:id/:sub/z id=new sub=y");
  EXPECT_EQ(outcome(tree, "/a/new/w"), "/* *=a/new/w");
}

// Nothing goes on below the parameter, so it takes the rest with its slashes.
TEST(Tree, ALastParameterTakesTheRestOfThePath) {
  EXPECT_EQ(outcome(tree_of({"/a/:id"}), "/a/b/c"), "/a/:id id=b/c");
  EXPECT_EQ(outcome(tree_of({"/a/:id", "/a/:id/x"}), "/a/b/c"), "404");
}

// As in Echo, the node of the first branch ends the search although "/*" would match.
TEST(Tree, TheRestOfAPathEndsTheSearch) {
  Tree tree;
  tree.add("POST", "/a/*", 0);
  tree.add("GET", "/*", 1);
  EXPECT_EQ(outcome(tree, "/a/b"), "405 OPTIONS, POST");
  EXPECT_EQ(outcome(tree, "/b"), "/* *=b");
}

TEST(Tree, RoutesOfOneMethodAndPlaceReplaceEachOther) {
  Tree tree;
  tree.add("GET", "/a/:one", 1);
  tree.add("GET", "/a/:two", 2);
  std::vector<std::string_view> values(tree.max_params());
  const Found found = tree.find("GET", "/a/x", values);
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.route->handler, 2U);
  EXPECT_EQ(found.route->names, std::vector<std::string>{"two"});
}

TEST(Tree, MethodsShareAPlaceButNotTheNamesOfParameters) {
  Tree tree;
  tree.add("GET", "/users/:name", 0);
  tree.add("PUT", "/users/:id", 1);
  EXPECT_EQ(outcome(tree, "/users/7"), "/users/:name name=7");
  EXPECT_EQ(outcome(tree, "/users/7", "PUT"), "/users/:id id=7");
}

TEST(Tree, ListsTheOtherMethodsInEchosOrder) {
  Tree tree;
  for (const char* method : {"PUT", "QUERY", "GET", "DELETE", "OPTIONS", "PROPFIND"}) tree.add(method, "/a", 0);
  EXPECT_EQ(outcome(tree, "/a", "POST"), "405 OPTIONS, DELETE, GET, PROPFIND, PUT, QUERY");
  EXPECT_EQ(outcome(tree, "/a", "OPTIONS"), "/a");
}

TEST(Tree, ARouteForMissesIsNotAMethod) {
  Tree tree;
  tree.add("GET", "/a/b", 0);
  tree.add(kRouteNotFound, "/a/*", 1);
  EXPECT_EQ(outcome(tree, "/a/c"), "/a/* *=c");
  EXPECT_EQ(outcome(tree, "/a/b", "PUT"), "/a/* *=b");
  EXPECT_EQ(outcome(tree, "/a/c", kRouteNotFound), "/a/* *=c") << "as any other method";
  EXPECT_EQ(outcome(tree, "/b"), "404");
}

TEST(Tree, AnEscapedColonIsText) {
  const Tree tree = tree_of({"/a\\:b", "/a/:id"});
  EXPECT_EQ(outcome(tree, "/a:b"), "/a\\:b");
  EXPECT_EQ(outcome(tree, "/a/7"), "/a/:id id=7");
}

TEST(Tree, SplitsTextsWhereTheyDiffer) {
  const std::vector<std::string> patterns = {"/search", "/support",  "/s",       "/searching",
                                             "/se",     "/\xC3\xA9", "/\xC3\xA8"};
  const Tree tree = tree_of(patterns);
  for (const std::string& pattern : patterns) EXPECT_EQ(outcome(tree, pattern), pattern);
  EXPECT_EQ(outcome(tree, "/sea"), "404");
  EXPECT_EQ(outcome(tree, "/\xC3"), "404");
}

TEST(Tree, EveryRouteOfTheGithubSetIsFound) {
  struct Row {
    const char* method;
    const char* pattern;
    const char* path;
  };
  const std::vector<Row> rows = {
#define DUEL_ROUTE(method, pattern, path) {#method, pattern, path},
#include "router/sets/github.inc"
#undef DUEL_ROUTE
  };
  Tree tree;
  for (size_t i = 0; i < rows.size(); ++i) tree.add(rows[i].method, rows[i].pattern, i);
  std::vector<std::string_view> values(tree.max_params());
  for (size_t i = 0; i < rows.size(); ++i) {
    const Found found = tree.find(rows[i].method, rows[i].path, values);
    ASSERT_NE(found.route, nullptr) << rows[i].path;
    EXPECT_EQ(found.route->handler, i) << rows[i].path;
  }
}

}  // namespace
}  // namespace duel::echo::routing
