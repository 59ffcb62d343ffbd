#include "http/server.h"
#include "router/beego/app.h"
#include "router/beego/engine.h"

int main() {
  auto app = std::make_shared<duel::beego::App>();
  app->get("/hello/:name",
           [](duel::beego::Context& c) { c.output.body("hello " + std::string(c.input.param(":name"))); });
  duel::http::Server server({.port = 8080}, [app] { return std::make_unique<duel::beego::Engine>(app); });
  server.run();
}
