#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "router/gin/declare.h"
#include "router/gin/routing/redirect_search.h"
#include "router/gin/routing/walk.h"

// Everything that happens to a request besides being matched: its path decoded before, redirects, 405 and 404 after.
// Not templates, because they are the same for every application.
namespace duel::gin {

class Context;

struct RequestPath {
  std::string_view matched{};  // what is looked up
  bool raw = false;            // `matched` is still percent-encoded
  bool valid = true;           // false: a bad escape, which Go's server refuses with 400
};

// Also tells the context its decoded path. Copies only if something is to be decoded or cleaned.
RequestPath decode_path(Context& context, const Options& options);

// Answers 400 as Go's server does for a target that it cannot parse; returns false.
bool refuse_target(Context& context);

struct HandlerList {
  const Handler* data;
  size_t size;
};

// What answer_miss() needs to know of an application.
struct MissTable {
  int (*find)(size_t method, std::string_view path, routing::Param* params);
  const routing::TreeView* trees;  // by method; without nodes where a method has no route
  size_t methods;
  std::string_view (*method_name)(size_t method);
  HandlerList no_route;
  HandlerList no_method;
};

// No route for this method and path: a redirect, 405 or 404, as the options say and in Gin's order. Unlike Gin it
// redirects only to a path that has a route, and 405 says which methods are allowed (RFC 9110 §15.5.6).
void answer_miss(Context& context, const MissTable& table, const Options& options, const RequestPath& path);

}  // namespace duel::gin
