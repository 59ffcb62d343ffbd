// For programs: makes an http::Handler of an application in the style of Echo.
#pragma once

#include <memory>
#include <vector>

#include "alloc/pool_use.h"
#include "http/handler.h"
#include "router/echo/echo.h"

namespace duel::echo {

class ContextImpl;

// Handles one worker's requests in the order of Echo's ServeHTTP: middleware of pre(), the lookup, middleware of use(),
// the middleware of the route, the handler, the error handler. Each worker has its own Engine. All engines share the
// application, which must not change after the first Engine is made.
class Engine final : public http::Handler {
 public:
  explicit Engine(std::shared_ptr<const Echo> echo);
  ~Engine() override;

  void handle(const http::Request& request, http::Response& response) override;
  // A handler or middleware may read the body. A path without both is answered now.
  bool answer_head(const http::Request& request, http::Response& response) override;

 private:
  std::unique_ptr<ContextImpl> take_context();
  Error run(ContextImpl& context) const;

  std::shared_ptr<const Echo> echo_;
  // Echo's sync.Pool. It has more than one context only if a handler calls the engine with another request.
  std::vector<std::unique_ptr<ContextImpl>> idle_;
  alloc::PoolUse use_{"echo_contexts"};
};

}  // namespace duel::echo
