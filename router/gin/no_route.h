#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "router/gin/declare.h"
#include "router/gin/input.h"
#include "router/gin/request_path.h"
#include "router/gin/routing/redirect_search.h"
#include "router/gin/routing/walk.h"

// For Engine: the answer to a request whose path has no route.
namespace duel::gin {

class Context;

// A chain of handlers in the application's tables.
struct HandlerList {
  const Handler* data;
  size_t size;
};

// The parts of an application that answer_no_route() reads. A table of pointers, because the code that
// answers is the same for every application and therefore not a template.
struct NoRouteTable {
  int (*find)(size_t method, std::string_view path, routing::Param* params);
  const routing::TreeView* trees;  // indexed by method; `nodes` is null if the method has no route
  size_t methods;
  std::string_view (*method_name)(size_t method);
  HandlerList no_route_handlers;
  HandlerList no_method_handlers;
  size_t outer_middleware;        // both lists begin with it
  const Match* matches;           // indexed by route
  const uint16_t* options_sizes;  // routing::Flat::options_sizes
};

// Answers a request whose method and path have no route: with a redirect, 405 or 404, chosen by the options in Gin's
// order. Unlike Gin it redirects only to a path that has a route, and a 405 lists the allowed methods (RFC 9110
// §15.5.6). OPTIONS runs the OptionsMiddleware of the groups of the path first.
void answer_no_route(Context& context, const NoRouteTable& table, const Options& options, const RequestPath& path);
// The same before the body has arrived. Returns false if a handler of the application would run that may read the body
// (Options::no_route_reads_body); then the response is not valid.
bool answer_no_route_from_head(Context& context, const NoRouteTable& table, const Options& options,
                               const RequestPath& path);

}  // namespace duel::gin
