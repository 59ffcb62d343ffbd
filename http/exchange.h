// For tests and benchmarks of handlers: the server's own, and those of programs that use the library.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/handler.h"

namespace duel::http {

// A complete exchange without a socket: all that a worker does between a receive and a send, as Go's net/http/httptest
// does. For one thread. The handler must outlive the exchange, and must answer before it returns: a deferred answer is
// lost.
class Exchange {
 public:
  explicit Exchange(Handler& handler);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Returns the bytes of the response to the one request in `request`; they are valid until the next call. A chunked
  // body is decoded in place. Empty if the request is incomplete or refused.
  std::string_view answer(std::string& request);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace duel::http
