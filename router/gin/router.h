#pragma once

// For benchmarks and tools that look routes up without an engine. Applications include router/gin/engine.h.
//
//   inline constexpr auto kApp = gin::router(gin::get("/user/:id", show_user));
//   gin::Param params[gin::kMaxParams];
//   const int route = gin::Router<kApp>::find(http::Method::kGet, {}, "/user/42", params);
//   // route is gin::kNone or the index of the route: gin::Router<kApp>::pattern(route), params[0].view() == "42"

#include "router/gin/declare.h"
#include "router/gin/routing/router.h"

namespace duel::gin {

using routing::find_problem;
using routing::kMaxParams;
using routing::kNone;
using routing::Param;
using routing::Router;

}  // namespace duel::gin
