#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include "http/method.h"

// What is asked of the routers: routes in the Gin style's notation, and requests with the route that has to answer.
namespace duel::bench {

struct Case {
  http::Method method;
  std::string_view pattern;  // the route; empty: there is none for this path
  std::string_view path;
};

#define DUEL_ROUTE(method, pattern, path) {http::method_of(#method), pattern, path},

inline constexpr Case kGithub[] = {
#include "router/sets/github.inc"
};
inline constexpr Case kStatic[] = {
#include "router/sets/static.inc"
};
inline constexpr Case kGplus[] = {
#include "router/sets/gplus.inc"
};
inline constexpr Case kParse[] = {
#include "router/sets/parse.inc"
};
inline constexpr Case kOneParam[] = {DUEL_ROUTE(GET, "/api/v1/user/:id", "/api/v1/user/12345")};
inline constexpr Case kFiveParams[] = {DUEL_ROUTE(GET, "/:a/:b/:c/:d/:e", "/test/test/test/test/test")};
inline constexpr Case kCatchAll[] = {DUEL_ROUTE(GET, "/static/*filepath", "/static/js/app/vendor.min.js")};

#undef DUEL_ROUTE

// Asked of the GitHub routes. Each leaves the tree elsewhere: at once, within a segment, behind a parameter, one
// segment short, one too many, by its method. None is an answer with a slash more or less, which Gin would redirect to.
inline constexpr Case kMisses[] = {
    {http::Method::kGet, "", "/"},
    {http::Method::kGet, "", "/nothing"},
    {http::Method::kGet, "", "/favicon.ico"},
    {http::Method::kGet, "", "/eventsx"},
    {http::Method::kGet, "", "/user/nothing"},
    {http::Method::kGet, "", "/user/starred/julienschmidt"},
    {http::Method::kGet, "", "/users/octocat/nothing"},
    {http::Method::kGet, "", "/users/octocat/events/public/more"},
    {http::Method::kGet, "", "/gists/12345678/nothing"},
    {http::Method::kGet, "", "/orgs/github/nothing"},
    {http::Method::kGet, "", "/orgs/github/members/octocat/nothing"},
    {http::Method::kGet, "", "/repos/julienschmidt"},
    {http::Method::kGet, "", "/repos/julienschmidt/go-http-routing-benchmark/nothing"},
    {http::Method::kGet, "", "/repos/julienschmidt/go-http-routing-benchmark/issues/1/nothing"},
    {http::Method::kPost, "", "/events"},
    {http::Method::kDelete, "", "/repos/julienschmidt/go-http-routing-benchmark/nothing/1"},
};

// Whole requests only: the answers that the article measures.
inline constexpr Case kText[] = {{http::Method::kGet, "/ping", "/ping"}};
inline constexpr Case kJson[] = {{http::Method::kGet, "/json", "/json"}};

}  // namespace duel::bench
