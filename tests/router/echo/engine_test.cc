#include "router/echo/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "alloc/accounts.h"
#include "alloc/pool_use.h"
#include "tests/router/echo/exchange.h"

// The handling of a request: errors, requests without a route, the pool of contexts, accounts.
namespace duel::echo {
namespace {

using testing::engine_with;
using testing::exchange;
using testing::say;

HandlerFunc fail_with(Error error) {
  return [error = std::move(error)](Context&) { return error; };
}

TEST(Errors, BecomeJson) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/http", fail_with(http_error(401, "who are you?")));
    echo.get("/status", fail_with(http_error(402)));
    echo.get("/map", fail_with(http_error(409, Value(Value::Map{{"why", "<no>"}, {"code", 7}}))));
    echo.get("/number", fail_with(http_error(411, Value(7))));
    echo.get("/inner", fail_with(http_error(400, "outer", http_error(409, "inner"))));
    echo.get("/wrapped", fail_with(error("wrapped", forbidden_error())));
    echo.get("/plain", fail_with(error("secret")));
    echo.get("/from", fail_with(http_error(410, error("gone"))));
  });
  const auto ask = [&](const char* target) { return exchange(*engine, "GET", target); };
  EXPECT_EQ(ask("/http").status, 401);
  EXPECT_EQ(ask("/http").field("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(ask("/http").body, "{\"message\":\"who are you?\"}\n");
  EXPECT_EQ(ask("/status").body, "{\"message\":\"Payment Required\"}\n");
  EXPECT_EQ(ask("/map").body, "{\"code\":7,\"why\":\"\\u003cno\\u003e\"}\n");
  EXPECT_EQ(ask("/number").body, "7\n");
  EXPECT_EQ(ask("/inner").status, 409);
  EXPECT_EQ(ask("/inner").body, "{\"message\":\"inner\"}\n");
  EXPECT_EQ(ask("/wrapped").status, 500) << "only the error itself counts";
  EXPECT_EQ(ask("/plain").body, "{\"message\":\"Internal Server Error\"}\n");
  EXPECT_EQ(ask("/from").body, "{\"message\":\"gone\"}\n");
}

TEST(Errors, AreNamedInTheDebugMode) {
  const auto engine = engine_with(
      [](Echo& echo) {
        echo.get("/plain", fail_with(error("secret")));
        echo.get("/from", fail_with(http_error(410, error("gone"))));
      },
      {.debug = true});
  EXPECT_EQ(exchange(*engine, "GET", "/plain").body,
            "{\n  \"error\": \"secret\",\n  \"message\": \"Internal Server Error\"\n}\n");
  EXPECT_EQ(exchange(*engine, "GET", "/from").body, "{\n  \"message\": \"gone\"\n}\n");
}

TEST(Errors, OfHeadHaveNoBodyAndAfterAnAnswerNoEffect) {
  const auto engine = engine_with([](Echo& echo) {
    echo.head("/a", fail_with(http_error(401, "no")));
    echo.get("/late", [](Context& context) {
      context.string(201, "done");
      return http_error(500);
    });
    echo.get("/early", [](Context& context) {
      context.error(http_error(401, "no"));
      EXPECT_TRUE(context.response().committed());
      return http_error(500);
    });
  });
  const auto head = exchange(*engine, "HEAD", "/a");
  EXPECT_EQ(head.status, 401);
  EXPECT_EQ(head.field("Content-Length"), "0");
  EXPECT_EQ(exchange(*engine, "GET", "/late").status, 201);
  EXPECT_EQ(exchange(*engine, "GET", "/late").body, "done");
  EXPECT_EQ(exchange(*engine, "GET", "/early").status, 401);
}

TEST(Errors, GoToTheHandlerOfTheApplication) {
  const auto engine = engine_with([](Echo& echo) {
    echo.error_handler = [](const Error& error, Context& context) {
      const HttpError* const found = find_http_error(error);
      context.string(found == nullptr ? 500 : found->code(), error->text());
    };
    echo.get("/wrapped", fail_with(error("wrapped", forbidden_error())));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/wrapped").status, 403);
  EXPECT_EQ(exchange(*engine, "GET", "/wrapped").body, "wrapped");
  EXPECT_EQ(exchange(*engine, "GET", "/none").body, "code=404, message=Not Found");
}

TEST(Misses, Are404And405AndOptionsIsAnswered) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/a/:id", say("a"));
    echo.post("/a/:id", say("a"));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/b").status, 404);
  EXPECT_EQ(exchange(*engine, "GET", "/b").field("Allow"), "");
  const auto refused = exchange(*engine, "PUT", "/a/7");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Allow"), "OPTIONS, GET, POST");
  EXPECT_EQ(refused.body, "{\"message\":\"Method Not Allowed\"}\n");
  const auto options = exchange(*engine, "OPTIONS", "/a/7");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "OPTIONS, GET, POST");
  EXPECT_EQ(exchange(*engine, "OPTIONS", "/b").status, 404);
}

TEST(Misses, OfTheTargetAreAnsweredByTheServer) {
  const auto engine = engine_with([](Echo& echo) { echo.any("/*", say("any")); });
  EXPECT_EQ(exchange(*engine, "GET", "/%zz").status, 400);
  EXPECT_EQ(exchange(*engine, "OPTIONS", "*").status, 200);
  EXPECT_EQ(exchange(*engine, "OPTIONS", "*").body, "");
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "any") << "the engine goes on";
}

uint64_t new_contexts() {
  const auto pools = alloc::read_pools();
  const auto found = std::find_if(pools.begin(), pools.end(), [](const auto& p) { return p.name == "echo_contexts"; });
  return found == pools.end() ? 0 : found->misses;
}

TEST(Pool, GivesEachRequestAFreshlyResetContext) {
  const uint64_t before = new_contexts();
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/set/:id", [](Context& context) {
      context.set("seen", 1);
      context.response().status = 203;
      context.response().header().set("X-Seen", "1");
      context.response().write("set");
      return Error();
    });
    echo.get("/get", [](Context& context) {
      EXPECT_EQ(context.get("seen"), nullptr);
      EXPECT_EQ(context.param("id"), "");
      EXPECT_EQ(context.query_param("q"), "");
      EXPECT_FALSE(context.response().committed());
      EXPECT_EQ(context.response().status, 200);
      return context.string(200, "get");
    });
  });
  EXPECT_EQ(exchange(*engine, "GET", "/set/7?q=1").status, 203);
  EXPECT_EQ(exchange(*engine, "GET", "/get").body, "get");
  EXPECT_EQ(new_contexts() - before, 1U);
}

// Go's sync.Pool gives such a request a context of its own, too.
TEST(Pool, ServesARequestInsideOfARequest) {
  Engine* engine = nullptr;
  const auto owner = engine_with([&engine](Echo& echo) {
    echo.get("/inner/:id", [](Context& context) { return context.string(200, context.param("id")); });
    echo.get("/outer/:id", [&engine](Context& context) {
      const std::string inner = exchange(*engine, "GET", "/inner/2").body;
      return context.string(200, std::string(context.param("id")) + inner);
    });
  });
  engine = owner.get();
  EXPECT_EQ(exchange(*engine, "GET", "/outer/1").body, "12");
  EXPECT_EQ(exchange(*engine, "GET", "/outer/3").body, "32");
}

TEST(Pool, SurvivesAnException) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/throw", [](Context& context) -> Error {
      context.set("seen", 1);
      throw std::runtime_error("bad");
    });
    echo.get("/a", [](Context& context) {
      EXPECT_EQ(context.get("seen"), nullptr);
      return context.string(200, "a");
    });
  });
  EXPECT_THROW(exchange(*engine, "GET", "/throw"), std::runtime_error);
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "a");
}

TEST(Accounts, AreChargedByPatternAndMissesAreNot) {
  const auto engine = engine_with([](Echo& echo) {
    Group group = echo.group("/accounts");
    group.get("/:id", say("a"));
    echo.route_not_found("/*", say("none"));
  });
  alloc::Books books("echo engine test");
  const auto entries = [&](alloc::AccountId account) { return books.costs(account).entries; };
  const alloc::AccountId account = alloc::open_account("/accounts/:id");
  const auto ask = [&](const char* target) {
    const alloc::Books::Entry entry(books);
    exchange(*engine, "GET", target);
  };
  ask("/accounts/7");
  ask("/accounts/8");
  ask("/none");
  EXPECT_EQ(entries(account), 2U);
  EXPECT_EQ(entries(alloc::kUnmatched), 1U);
}

}  // namespace
}  // namespace duel::echo
