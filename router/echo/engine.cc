#include "router/echo/engine.h"

#include <utility>

#include "alloc/phases.h"
#include "router/echo/context_impl.h"

namespace duel::echo {

Engine::Engine(std::shared_ptr<const Echo> echo) : echo_(std::move(echo)) {}

Engine::~Engine() = default;

std::unique_ptr<ContextImpl> Engine::take_context() {
  use_.count(!idle_.empty());
  if (idle_.empty()) return std::make_unique<ContextImpl>(*echo_);
  std::unique_ptr<ContextImpl> context = std::move(idle_.back());
  idle_.pop_back();
  return context;
}

void Engine::handle(const http::Request& request, http::Response& response) {
  alloc::enter(alloc::Phase::kContext);
  std::unique_ptr<ContextImpl> context = take_context();
  if (!context->reset(request, response)) {
    response.status(400);
    response.add("Content-Type", "text/plain; charset=utf-8");
    response.end("400 Bad Request");
  } else if (request.target == "*" && request.method == http::Method::kOptions) {
    response.end();  // asks about the server, not about a resource
  } else {
    alloc::enter(alloc::Phase::kRoute);
    if (const Error error = run(*context)) echo_->error_handler(error, *context);
    alloc::enter(alloc::Phase::kWrite);
    context->finish();
    alloc::enter(alloc::Phase::kContext);
  }
  idle_.push_back(std::move(context));
}

bool Engine::answer_head(const http::Request& request, http::Response& response) {
  const bool may_read =
      !echo_->pre_middleware().empty() || !echo_->middleware().empty() || echo_->options().error_handler_reads_body;
  if (may_read) return false;
  std::unique_ptr<ContextImpl> context = take_context();
  const bool has_handler = context->reset(request, response) && context->has_handler();
  idle_.push_back(std::move(context));
  if (has_handler) return false;
  handle(request, response);
  return true;
}

Error Engine::run(ContextImpl& context) const {
  const auto find_and_handle = [this, &context](Context&) {
    const HandlerFunc& handler = context.find();
    alloc::enter(alloc::Phase::kHandler);
    const Middleware& middleware = echo_->middleware();
    return middleware.empty() ? handler(context) : call_inside(middleware, handler, context);
  };
  const Middleware& before = echo_->pre_middleware();
  return before.empty() ? find_and_handle(context) : call_inside(before, find_and_handle, context);
}

}  // namespace duel::echo
