// For programs: makes an http::Handler of an application in the style of Echo.
#pragma once

#include <memory>

#include "http/handler.h"
#include "router/echo/echo.h"

namespace duel::echo {

class ContextImpl;

// Handles one worker's requests in the order of Echo's ServeHTTP: middleware of pre(), the lookup, middleware of use(),
// the handler, the error handler. Each worker has its own Engine; all engines share the application.
class Engine final : public http::Handler {
 public:
  explicit Engine(std::shared_ptr<const Echo> echo);
  ~Engine() override;

  void handle(const http::Request& request, http::Response& response) override;

 private:
  std::shared_ptr<const Echo> echo_;
  std::unique_ptr<ContextImpl> context_;  // the pool: a worker handles one request at a time
};

}  // namespace duel::echo
