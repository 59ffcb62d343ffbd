// For routers and applications: the interface between them and the core.
#pragma once

#include <functional>
#include <memory>

#include "http/request.h"
#include "http/response.h"

namespace duel::http {

// Called by the core for each request, like Go's http.Handler. The core knows nothing else about a router.
//
// handle() runs on the worker's thread and must not block. Both arguments are valid until it returns. It ends the
// response before it returns; otherwise the core ends the response with an empty body.
//
// If handle() throws, the answer is 500, the connection stays open, and ServerOptions::on_exception is called. If a
// part of the body has been written already, the core closes the connection instead, so that a truncated body does not
// look complete.
//
// The memory that handle() allocates is counted (alloc/accounts.h): a router charges it to the account of the route.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(const Request& request, Response& response) = 0;

  // Called instead of handle() for a request with `Expect: 100-continue` whose body has not begun to arrive;
  // `request.body` is empty. If the head alone decides the answer, for example because no route has this path, answers
  // as handle() does and returns true: the client gets no 100 Continue, and the connection ends after the answer (RFC
  // 9110 §10.1.1).
  //
  // If the answer may depend on the body, returns false: the client gets 100 Continue, changes of `response` are
  // discarded, and handle() is called when the body has arrived. So false is always correct.
  virtual bool answer_head(const Request& /*request*/, Response& /*response*/) { return false; }
};

// Called once per worker, on the worker's thread, before the worker accepts connections. The state of a handler needs
// no lock, because only its worker uses it.
using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

}  // namespace duel::http
