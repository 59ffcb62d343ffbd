// The example of router/echo/README.md: compiled and run. tests/layout/pages.py compares it with the page.

#include <gtest/gtest.h>

#include "router/echo/engine.h"
#include "tests/router/echo/exchange.h"

namespace echo = duel::echo;

namespace {

echo::Error show_user(echo::Context& c) {
  if (c.param("id") == "0") return echo::http_error(404, "there is no such user");
  return c.json(200, echo::Value::Map{{"id", c.param("id")}});
}

echo::HandlerFunc with_server_field(echo::HandlerFunc next) {
  return [next = std::move(next)](echo::Context& c) {
    c.response().header().set("Server", "duel");
    return next(c);
  };
}

TEST(Readme, TheExampleOfTheStyleWorks) {
  auto app = std::make_shared<echo::Echo>();
  app->use(with_server_field);
  app->get("/ping", [](echo::Context& c) { return c.string(200, "pong"); });
  echo::Group api = app->group("/api/v1");
  api.get("/user/:id", show_user);
  echo::Engine engine(app);  // an http::Handler; each worker has its own

  using echo::testing::exchange;
  EXPECT_EQ(exchange(engine, "GET", "/ping").body, "pong");
  EXPECT_EQ(exchange(engine, "GET", "/ping").field("Server"), "duel");
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/user/7").body, "{\"id\":\"7\"}\n");
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/user/0").body, "{\"message\":\"there is no such user\"}\n");
}

}  // namespace
