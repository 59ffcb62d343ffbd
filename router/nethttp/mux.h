#pragma once

#include <string_view>
#include <utility>

#include "alloc/accounts.h"
#include "router/nethttp/handler.h"
#include "router/nethttp/routing/pattern_error.h"

namespace duel::nethttp {

using PatternError = routing::PatternError;

// What a mux has found: a handler, and the account of its route (kUnmatched for a redirect, 404 and 405).
struct Found {
  HandlerPtr handler;
  alloc::AccountId account = alloc::kUnmatched;

  // Charges the account and calls the handler.
  void serve(ResponseWriter& writer, Request& request) const;
};

// Finds the handler of a request by its method, host and path. Both muxes of Go are here: ServeMux is that of Go 1.22
// and later, ServeMux121 is the one before. Routes are registered before the first request; then all workers read the
// same mux.
class Mux : public Handler {
 public:
  // Throws PatternError.
  void handle(std::string_view pattern, HandlerPtr handler);
  void handle_func(std::string_view pattern, Function function) { handle(pattern, handler_func(std::move(function))); }

  // The handler of the request: that of a route, a redirect, 404 or 405 (Go's ServeMux.Handler). Sets the request's
  // pattern and path values; the pattern stays empty if no route matches. The result is valid as long as the mux.
  virtual Found find(Request& request) const = 0;

  // The answer to the target "*" is 400.
  void serve_http(ResponseWriter& writer, Request& request) const final;

 protected:
  // The handler is not null.
  virtual void add(std::string_view pattern, HandlerPtr handler) = 0;

  // A handler and the account of its pattern.
  struct Route {
    HandlerPtr handler;
    alloc::AccountId account = alloc::kUnmatched;

    // The handler is not counted: the mux keeps it, and all workers would write to the same counter.
    Found found() const { return {HandlerPtr(HandlerPtr(), handler.get()), account}; }
  };
};

}  // namespace duel::nethttp
