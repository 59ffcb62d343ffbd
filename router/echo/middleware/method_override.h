#pragma once

#include "router/echo/context.h"

namespace duel::echo::middleware {

// The field X-HTTP-Method-Override of a POST names the method (Echo's MethodOverride). For Echo::pre().
inline MiddlewareFunc method_override() {
  return [](HandlerFunc next) -> HandlerFunc {
    return [next = std::move(next)](Context& context) {
      Request& request = context.request();
      const std::string_view wanted = request.header("X-HTTP-Method-Override");
      if (request.method == "POST" && !wanted.empty()) request.method = wanted;
      return next(context);
    };
  };
}

}  // namespace duel::echo::middleware
