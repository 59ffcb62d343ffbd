#include "router/nethttp/mux.h"

#include <string>

#include "alloc/phases.h"

namespace duel::nethttp {

void Found::serve(ResponseWriter& writer, Request& request) const {
  alloc::charge(account);
  alloc::enter(alloc::Phase::kHandler);
  handler->serve_http(writer, request);
}

void Mux::handle(std::string_view pattern, HandlerPtr handler) {
  if (handler == nullptr) {
    throw PatternError("nil-handler", "the pattern \"" + std::string(pattern) + "\" has no handler; give one");
  }
  add(pattern, std::move(handler));
}

void Mux::serve_http(ResponseWriter& writer, Request& request) const {
  if (request.request_uri == "*") {
    writer.header().set("Connection", "close");
    return writer.write_header(400);
  }
  find(request).serve(writer, request);
}

}  // namespace duel::nethttp
