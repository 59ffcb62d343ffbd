#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/gin/proxies.h"
#include "router/gin/routing/declaration.h"

// For applications in the Gin style: the functions that declare an application. Everything is a constant.
//
//   inline constexpr auto kUsers = gin::routes(
//       gin::get("/user/:id", show_user),
//       gin::post("/user", require_login, add_user));
//   inline constexpr auto kApp = gin::router(
//       gin::use(log_time),
//       gin::get("/ping", ping),
//       gin::group("/api/v1", gin::use(require_login), kUsers),
//       gin::no_route(not_found));
//
// A declaration is a flat list of items; routing/compile.h turns it into tables. The functions check nothing, because
// only a template that knows the finished list can show both patterns of a conflict (routing/check.h).
namespace duel::gin {

using routing::Declaration;
using routing::Handler;
using routing::OptionsMiddleware;

// Gin's switches, with Gin's defaults (except `proxies`).
struct Options {
  bool redirect_trailing_slash = true;     // redirect /a/ to /a if only /a has a route, and vice versa
  bool redirect_fixed_path = false;        // redirect to the route found for the cleaned path, ignoring letter case
  bool handle_method_not_allowed = false;  // 405 with Allow instead of 404 if another method has a route for the path
  bool use_raw_path = false;               // match the path as sent if decoding it loses information (an encoded '/')
  bool unescape_path_values = true;        // with use_raw_path: decode the values of the parameters; '+' is a space
  bool remove_extra_slash = false;         // clean the path before it is matched
  // Whether the handlers that run for a path without a route (no_route, no_method, the middleware of the whole
  // application) read the body or may answer with a success. If false, a client that sends `Expect: 100-continue` gets
  // their answer at once and sends no body. Without such handlers it always does, as in Go.
  bool no_route_reads_body = true;
  Proxies proxies{};  // trusted sources of the client's address; default: none
};

template <size_t N>
struct Routes {
  std::array<Declaration, N> items{};
};

template <size_t N>
struct App {
  Options options;
  std::array<Declaration, N> items{};
};

namespace internal {

template <size_t N, size_t M>
constexpr size_t append(std::array<Declaration, N>& to, size_t at, const Routes<M>& part) {
  for (const Declaration& item : part.items) to[at++] = item;
  return at;
}

template <class... Handlers>
constexpr auto with_handlers(Declaration first, Handlers... handlers) {
  return Routes<1 + sizeof...(handlers)>{{first, Declaration{Declaration::Kind::kHandler,
                                                             static_cast<Handler>(handlers),
                                                             {},
                                                             {},
                                                             routing::kAnswersOptions<Handlers>}...}};
}

}  // namespace internal

// Joins several declarations into one, for use inside another declaration.
template <size_t... N>
constexpr auto routes(const Routes<N>&... parts) {
  Routes<(N + ... + 0)> all;
  [[maybe_unused]] size_t at = 0;
  ((at = internal::append(all.items, at, parts)), ...);
  return all;
}

// A route. Its handlers run in this order, after the middleware of its group. The method must be in capital letters.
template <class... Handlers>
  requires(sizeof...(Handlers) > 0)
constexpr auto handle(std::string_view method, std::string_view pattern, Handlers... handlers) {
  return internal::with_handlers(Declaration{Declaration::Kind::kRoute, nullptr, method, pattern}, handlers...);
}

constexpr auto get(std::string_view pattern, auto... handlers) {
  return handle("GET", pattern, handlers...);
}
constexpr auto head(std::string_view pattern, auto... handlers) {
  return handle("HEAD", pattern, handlers...);
}
constexpr auto post(std::string_view pattern, auto... handlers) {
  return handle("POST", pattern, handlers...);
}
constexpr auto put(std::string_view pattern, auto... handlers) {
  return handle("PUT", pattern, handlers...);
}
constexpr auto patch(std::string_view pattern, auto... handlers) {
  return handle("PATCH", pattern, handlers...);
}
constexpr auto del(std::string_view pattern, auto... handlers) {
  return handle("DELETE", pattern, handlers...);
}
constexpr auto options(std::string_view pattern, auto... handlers) {
  return handle("OPTIONS", pattern, handlers...);
}

// One route for each of the nine methods of http::Method, in Gin's order: an error names the first refused method.
constexpr auto any(std::string_view pattern, auto... handlers) {
  return routes(get(pattern, handlers...), post(pattern, handlers...), put(pattern, handlers...),
                patch(pattern, handlers...), head(pattern, handlers...), options(pattern, handlers...),
                del(pattern, handlers...), handle("CONNECT", pattern, handlers...),
                handle("TRACE", pattern, handlers...));
}

struct Endpoint {
  std::string_view method;
  std::string_view pattern;
};

// The same handlers for a table of routes. The table must have static storage.
template <size_t N, class... Handlers>
constexpr auto all(const Endpoint (&endpoints)[N], Handlers... handlers) {
  constexpr size_t kEach = 1 + sizeof...(handlers);
  Routes<N * kEach> list;
  for (size_t i = 0; i < N; ++i) {
    internal::append(list.items, i * kEach, handle(endpoints[i].method, endpoints[i].pattern, handlers...));
  }
  return list;
}

// Middleware for the routes declared after it in the same group.
template <class... Handlers>
constexpr auto use(Handlers... handlers) {
  return Routes<sizeof...(handlers)>{{Declaration{
      Declaration::Kind::kUse, static_cast<Handler>(handlers), {}, {}, routing::kAnswersOptions<Handlers>}...}};
}

// A group of routes: `prefix` is put before their patterns, and the middleware of the enclosing group runs first.
template <size_t... N>
constexpr auto group(std::string_view prefix, const Routes<N>&... parts) {
  return routes(Routes<1>{{Declaration{Declaration::Kind::kGroup, nullptr, {}, prefix}}}, parts...,
                Routes<1>{{Declaration{Declaration::Kind::kGroupEnd, nullptr, {}, {}}}});
}

// Handlers for 404 (no_route) and 405 (no_method). The last declaration counts. If the handlers write no response,
// Gin's own text is sent.
constexpr auto no_route(auto... handlers) {
  return internal::with_handlers(Declaration{Declaration::Kind::kNoRoute, nullptr, {}, {}}, handlers...);
}
constexpr auto no_method(auto... handlers) {
  return internal::with_handlers(Declaration{Declaration::Kind::kNoMethod, nullptr, {}, {}}, handlers...);
}

// The application. Declare it `constexpr` at namespace scope or `static constexpr`, because Engine and Router take it
// as a template argument.
template <size_t... N>
constexpr auto router(Options options, const Routes<N>&... parts) {
  return App<(N + ... + 0)>{options, routes(parts...).items};
}
template <size_t... N>
constexpr auto router(const Routes<N>&... parts) {
  return router(Options{}, parts...);
}

}  // namespace duel::gin
