#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

#include "http/method.h"

// The cases of the benchmarks: routes in Gin's syntax, and for each a request with the expected route.
namespace duel::bench {

struct Case {
  http::Method method;
  std::string_view pattern;  // the expected route; empty if the path has no route
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

// Paths without a route in the GitHub set. Each leaves the tree at a different place: at the root, within a segment,
// after a parameter, with a segment missing, with an additional segment, or by its method. None differs from a route by
// a trailing slash only, because Gin would redirect it, and none continues a route that ends in a parameter, because
// Echo would match it.
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
    {http::Method::kGet, "", "/orgs/github/nothing/octocat"},
    {http::Method::kGet, "", "/repos/julienschmidt"},
    {http::Method::kGet, "", "/repos/julienschmidt/go-http-routing-benchmark/nothing"},
    {http::Method::kGet, "", "/repos/julienschmidt/go-http-routing-benchmark/issues/1/nothing"},
    {http::Method::kPost, "", "/events"},
    {http::Method::kDelete, "", "/repos/julienschmidt/go-http-routing-benchmark/nothing/1"},
};

// For whole requests only: the responses that the article measures.
inline constexpr Case kText[] = {{http::Method::kGet, "/ping", "/ping"}};
inline constexpr Case kJson[] = {{http::Method::kGet, "/json", "/json"}};

}  // namespace duel::bench
