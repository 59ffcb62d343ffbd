#include "router/nethttp/mux.h"

namespace duel::nethttp {

void Mux::serve_http(ResponseWriter& writer, Request& request) const {
  if (request.request_uri == "*") {
    writer.header().set("Connection", "close");
    return writer.write_header(400);
  }
  find(request)->serve_http(writer, request);
}

}  // namespace duel::nethttp
