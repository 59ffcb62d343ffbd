#pragma once

#include <functional>
#include <memory>

#include "http/request.h"
#include "http/response.h"

namespace duel::http {

// What the core calls for each request: Go's http.Handler. The only thing that the core knows of a router.
//
// handle() runs on the worker's thread and must not block. It ends the response before it returns; if it does not, the
// core ends it with an empty body. Both arguments are valid until it returns. An exception becomes 500, and the
// connection lives on; if a body has begun to leave, the connection is broken off, so that half a body does not look
// whole. ServerOptions::on_exception is told. What handle() allocates is booked (alloc/accounts.h): a router that has
// found the route charges its account.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void handle(const Request& request, Response& response) = 0;
};

// Called once for each worker, on that worker's thread, before it accepts: a handler's own state needs no lock.
using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

}  // namespace duel::http
