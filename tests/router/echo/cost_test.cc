// Compares the table of router/echo/README.md with counted allocations and bytes, so that the table stays true.

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "alloc/counters.h"
#include "tests/router/echo/exchange.h"
#include "tests/router/recorded/cost_tables.h"

namespace duel::echo {
namespace {

using recorded::Cost;
using testing::engine_with;
using testing::say;

MiddlewareFunc pass() {
  return [](HandlerFunc next) -> HandlerFunc {
    return [next = std::move(next)](Context& context) { return next(context); };
  };
}

void add_routes(Echo& echo) {
  echo.get("/ping", [](Context& context) { return context.string(200, "pong"); });
  echo.get("/json", [](Context& context) { return context.json(200, Value::Map{{"message", "pong"}}); });
  echo.get("/api/v1/user/:id", [](Context& context) { return context.string(200, context.param("id")); });
  echo.get("/files/*", [](Context& context) { return context.string(200, context.param("*")); });
  echo.get("/query", [](Context& context) { return context.string(200, context.query_param("q")); });
  echo.get("/value", [](Context& context) {
    context.set("user", 7);
    return context.string(200, "pong");
  });
  echo.get("/refused", [](Context&) { return http_error(401, "who are you?"); });
  echo.get("/wrapped", [](Context& context) { return context.string(200, "pong"); }, {pass()});
}

class CostTest : public recorded::CountingTest {
 protected:
  // The cost of the third of three equal requests. The first two cause the one-time allocations.
  Cost whole_request(std::string_view method, std::string_view target, int status = 200,
                     const std::function<void(Echo&)>& set_up = {}) {
    const auto engine = engine_with([&](Echo& echo) {
      add_routes(echo);
      if (set_up) set_up(echo);
    });
    const http::Request request = testing::make_request(method, target);
    Cost cost;
    for (int i = 0; i < 3; ++i) {
      http::Output output(block_, block_ + sizeof block_);
      response_.start(request, output, true);
      cost = recorded::cost_of([&] { engine->handle(request, response_); });
      EXPECT_EQ(response_.status(), status) << target;
      EXPECT_FALSE(output.on_heap());
    }
    return cost;
  }

 private:
  char block_[4096];
  http::DateLine date_{0};
  http::Response response_{date_};
};

TEST_F(CostTest, TheTableIsAsCounted) {
  std::map<std::string, Cost> counted;
  counted["text"] = whole_request("GET", "/ping");
  counted["`:id`"] = whole_request("GET", "/api/v1/user/42");
  counted["`*`"] = whole_request("GET", "/files/css/site.css");
  counted["query parameter"] = whole_request("GET", "/query?q=a%20text%20that%20is%20long");
  counted["JSON"] = whole_request("GET", "/json");
  counted["middleware of the route"] = whole_request("GET", "/wrapped");
  counted["middleware of `use`"] = whole_request("GET", "/ping", 200, [](Echo& echo) { echo.use(pass()); });
  counted["three of `use`"] = whole_request("GET", "/ping", 200, [](Echo& echo) {
    for (int i = 0; i < 3; ++i) echo.use(pass());
  });
  counted["middleware of `pre`"] = whole_request("GET", "/ping", 200, [](Echo& echo) { echo.pre(pass()); });
  counted["value of the context"] = whole_request("GET", "/value");
  counted["error of the handler"] = whole_request("GET", "/refused", 401);
  counted["404"] = whole_request("GET", "/none", 404);
  counted["405"] = whole_request("POST", "/ping", 405);
  counted["OPTIONS"] = whole_request("OPTIONS", "/ping", 204);
  recorded::expect_tables(DUEL_ECHO_README, counted);
}

// A handler with captured values is called where it is, and not copied.
TEST_F(CostTest, AHandlerIsNotCopied) {
  const std::string text(100, 'x');
  const auto add = [&](Echo& echo) { echo.get("/captured", say(text)); };
  EXPECT_EQ(whole_request("GET", "/captured", 200, add), Cost{});
  const auto add_wrapped = [&](Echo& echo) { echo.get("/captured", say(text), {pass()}); };
  EXPECT_EQ(whole_request("GET", "/captured", 200, add_wrapped), whole_request("GET", "/wrapped"));
}

}  // namespace
}  // namespace duel::echo
