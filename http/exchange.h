#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/handler.h"

// For tests and benchmarks of handlers, the server's own and those of library users.
namespace duel::http {

// A whole exchange without a socket: what a worker does between a receive and a send, as Go's net/http/httptest has it.
// For one thread. The handler must outlive the exchange, and must answer before it returns: a deferred answer is lost.
class Exchange {
 public:
  explicit Exchange(Handler& handler);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // From the bytes of one request to those of its response, which are valid until the next call. A chunked body is
  // decoded in place. Empty if the request is incomplete or refused.
  std::string_view answer(std::string& request);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace duel::http
