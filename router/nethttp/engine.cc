#include "router/nethttp/engine.h"

#include "alloc/phases.h"
#include "router/nethttp/answer.h"

namespace duel::nethttp {

void Engine::handle(const http::Request& request, http::Response& response) {
  alloc::enter(alloc::Phase::kContext);
  const std::unique_ptr<Request> made = make_request(request);
  if (made == nullptr) {
    response.status(400);
    response.add("Content-Type", "text/plain; charset=utf-8");
    return response.end("400 Bad Request");
  }
  if (request.target == "*" && request.method == http::Method::kOptions) return response.end();  // asks the server
  const auto answer = std::make_unique<Answer>(request, response);
  alloc::enter(alloc::Phase::kRoute);
  handler_->serve_http(*answer, *made);
  alloc::enter(alloc::Phase::kWrite);
  answer->finish();
  alloc::enter(alloc::Phase::kContext);  // both are destroyed
}

}  // namespace duel::nethttp
