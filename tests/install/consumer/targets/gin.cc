#include "http/server.h"
#include "router/gin/engine.h"

void hello(duel::gin::Context& c) {
  c.string(200, "hello {}", c.param("name"));
}

constexpr auto kApp = duel::gin::router(duel::gin::get("/hello/:name", hello));

int main() {
  duel::http::Server server({.port = 8080}, [] { return std::make_unique<duel::gin::Engine<kApp>>(); });
  server.run();
}
