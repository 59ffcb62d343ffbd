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
};

// Called once per worker, on the worker's thread, before the worker accepts connections. The state of a handler needs
// no lock, because only its worker uses it.
using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

}  // namespace duel::http
