#include "http/server.h"
#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"

namespace nethttp = duel::nethttp;

int main() {
  auto mux = std::make_shared<nethttp::ServeMux>();
  mux->handle_func("GET /hello/{name}", [](nethttp::ResponseWriter& writer, nethttp::Request& request) {
    writer.write("hello " + std::string(request.path_value("name")));
  });
  duel::http::Server server({.port = 8080}, [mux] { return std::make_unique<nethttp::Engine>(mux); });
  server.run();
}
