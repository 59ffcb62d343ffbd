#include "router/echo/echo.h"

#include "http/server.h"
#include "router/echo/engine.h"

namespace echo = duel::echo;

int main() {
  auto app = std::make_shared<echo::Echo>();
  app->get("/hello/:name",
           [](echo::Context& context) { return context.string(200, "hello " + std::string(context.param("name"))); });
  duel::http::Server server({.port = 8080}, [app] { return std::make_unique<echo::Engine>(app); });
  server.run();
}
