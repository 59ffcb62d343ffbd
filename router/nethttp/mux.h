#pragma once

#include <string_view>
#include <utility>

#include "router/nethttp/handler.h"
#include "router/nethttp/routing/pattern_error.h"

namespace duel::nethttp {

using PatternError = routing::PatternError;

// Finds the handler of a request by its method, host and path. Both muxes of Go are here: ServeMux is that of Go 1.22
// and later, ServeMux121 the one before. Routes are registered before the first request; then all workers read the same
// mux.
class Mux : public Handler {
 public:
  // Throws PatternError.
  virtual void handle(std::string_view pattern, HandlerPtr handler) = 0;
  void handle_func(std::string_view pattern, Function function) { handle(pattern, handler_func(std::move(function))); }

  // The handler of the request: that of a route, a redirect, 404 or 405. Sets the request's pattern and path values.
  // Throws nothing of its own.
  virtual HandlerPtr find(Request& request) const = 0;

  // The answer to the target "*" is 400.
  void serve_http(ResponseWriter& writer, Request& request) const final;
};

}  // namespace duel::nethttp
