// For programs: makes an http::Handler of a handler in the style of net/http.
#pragma once

#include <memory>
#include <string_view>

#include "http/handler.h"
#include "router/nethttp/handler.h"

namespace duel::nethttp {

// Handles one worker's requests as Go's server does: makes a Request and a ResponseWriter, both new, and calls the
// handler. Each worker has its own Engine; all engines share the handler.
//
// A handler that throws answers with 500 if nothing was written, although net/http closes the connection: a client
// learns more from an answer.
class Engine final : public http::Handler {
 public:
  explicit Engine(HandlerPtr handler) : handler_(std::move(handler)) {}

  void handle(const http::Request& request, http::Response& response) override;

 private:
  HandlerPtr handler_;
};

}  // namespace duel::nethttp
