#include "router/echo/engine.h"

#include "alloc/phases.h"
#include "router/echo/context_impl.h"

namespace duel::echo {

Engine::Engine(std::shared_ptr<const Echo> echo)
    : echo_(std::move(echo)), context_(std::make_unique<ContextImpl>(*echo_)) {}

Engine::~Engine() = default;

void Engine::handle(const http::Request& request, http::Response& response) {
  alloc::enter(alloc::Phase::kContext);
  if (!context_->reset(request, response)) {
    response.status(400);
    response.add("Content-Type", "text/plain; charset=utf-8");
    return response.end("400 Bad Request");
  }
  if (request.target == "*" && request.method == http::Method::kOptions) return response.end();  // asks the server
  alloc::enter(alloc::Phase::kRoute);
  const auto routed = [this](Context&) {
    HandlerFunc handler = context_->find();
    if (!echo_->middleware().empty()) handler = apply_middleware(std::move(handler), echo_->middleware());
    alloc::enter(alloc::Phase::kHandler);
    return handler(*context_);
  };
  const Error error = echo_->pre_middleware().empty() ? routed(*context_)
                                                      : apply_middleware(routed, echo_->pre_middleware())(*context_);
  if (error != nullptr) echo_->error_handler(error, *context_);
  alloc::enter(alloc::Phase::kWrite);
  context_->finish();
  alloc::enter(alloc::Phase::kContext);
}

}  // namespace duel::echo
