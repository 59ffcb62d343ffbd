#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "router/echo/engine.h"
#include "tests/router/recorded/exchange.h"

namespace duel::echo::testing {

using recorded::Answer;
using recorded::exchange;
using recorded::FullRequest;
using recorded::make_request;

// An engine with an application that `set_up` fills.
inline std::unique_ptr<Engine> engine_with(const std::function<void(Echo&)>& set_up, Options options = {}) {
  const auto echo = std::make_shared<Echo>(options);
  set_up(*echo);
  return std::make_unique<Engine>(echo);
}

// A handler that answers 200 with this text.
inline HandlerFunc say(std::string text) {
  return [text = std::move(text)](Context& context) { return context.string(200, text); };
}

// Middleware that writes "(name" before and ")" after the rest to `trace`.
inline MiddlewareFunc trace_to(std::string& trace, const std::string& name) {
  return [&trace, name](HandlerFunc next) -> HandlerFunc {
    return [&trace, name, next = std::move(next)](Context& context) {
      trace += "(" + name;
      Error error = next(context);
      trace += ")";
      return error;
    };
  };
}

}  // namespace duel::echo::testing
