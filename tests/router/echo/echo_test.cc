#include "router/echo/echo.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/router/echo/exchange.h"

// What an application registers: routes, groups, hosts and middleware.
namespace duel::echo {
namespace {

using testing::engine_with;
using testing::exchange;
using testing::say;
using testing::trace_to;

TEST(Routes, HaveAFunctionPerMethod) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/a", say("get"));
    echo.post("/a", say("post"));
    echo.put("/a", say("put"));
    echo.patch("/a", say("patch"));
    echo.del("/a", say("delete"));
    echo.head("/a", say("head"));
    echo.add("PURGE", "/a", say("purge"));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "get");
  EXPECT_EQ(exchange(*engine, "POST", "/a").body, "post");
  EXPECT_EQ(exchange(*engine, "PUT", "/a").body, "put");
  EXPECT_EQ(exchange(*engine, "PATCH", "/a").body, "patch");
  EXPECT_EQ(exchange(*engine, "DELETE", "/a").body, "delete");
  EXPECT_EQ(exchange(*engine, "PURGE", "/a").body, "purge");
  EXPECT_EQ(exchange(*engine, "HEAD", "/a").field("Content-Length"), "4");
  EXPECT_EQ(exchange(*engine, "TRACE", "/a").status, 405);
}

TEST(Routes, OfAnyMethodAndOfSome) {
  const auto engine = engine_with([](Echo& echo) {
    constexpr std::array<std::string_view, 2> kSome = {"GET", "PUT"};
    echo.any("/any", say("any"));
    echo.match(kSome, "/some", say("some"));
  });
  for (const char* method :
       {"CONNECT", "DELETE", "GET", "OPTIONS", "PATCH", "POST", "PROPFIND", "PUT", "TRACE", "REPORT"}) {
    EXPECT_EQ(exchange(*engine, method, "/any").body, "any") << method;
  }
  EXPECT_EQ(exchange(*engine, "PURGE", "/any").status, 405);
  EXPECT_EQ(exchange(*engine, "PUT", "/some").body, "some");
  EXPECT_EQ(exchange(*engine, "POST", "/some").field("Allow"), "OPTIONS, GET, PUT");
}

TEST(Routes, ForMisses) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/a/b", say("b"));
    echo.route_not_found("/a/*", [](Context& context) { return context.string(404, context.path()); });
  });
  EXPECT_EQ(exchange(*engine, "GET", "/a/b").body, "b");
  EXPECT_EQ(exchange(*engine, "GET", "/a/c").body, "/a/*");
  EXPECT_EQ(exchange(*engine, "PUT", "/a/b").body, "/a/*") << "instead of 405";
  EXPECT_EQ(exchange(*engine, "GET", "/b").body, "{\"message\":\"Not Found\"}\n");
}

TEST(EchoMiddleware, RunsAroundTheHandlerInTheOrderOfEcho) {
  std::string trace;
  const auto engine = engine_with([&](Echo& echo) {
    echo.use(trace_to(trace, "use1"));
    echo.pre(trace_to(trace, "pre"));
    echo.use(trace_to(trace, "use2"));
    Group group = echo.group("/g", {trace_to(trace, "group")});
    group.get("/a", say("a"), {trace_to(trace, "route1"), trace_to(trace, "route2")});
    echo.get("/b", say("b"));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/g/a").body, "a");
  EXPECT_EQ(trace, "(pre(use1(use2(group(route1(route2))))))");
  trace.clear();
  EXPECT_EQ(exchange(*engine, "GET", "/b").body, "b");
  EXPECT_EQ(trace, "(pre(use1(use2)))");
  trace.clear();
  EXPECT_EQ(exchange(*engine, "GET", "/none").status, 404);
  EXPECT_EQ(trace, "(pre(use1(use2)))");
  trace.clear();
  EXPECT_EQ(exchange(*engine, "GET", "/g/none").status, 404);
  EXPECT_EQ(trace, "(pre(use1(use2(group))))") << "a group with middleware has routes for misses";
}

TEST(EchoMiddleware, BeforeTheLookupChangesTheRoute) {
  const auto engine = engine_with([](Echo& echo) {
    echo.pre([](HandlerFunc next) -> HandlerFunc {
      return [next = std::move(next)](Context& context) {
        EXPECT_EQ(context.path(), "");
        context.request().url.path = "/new";
        context.request().method = "PUT";
        return next(context);
      };
    });
    echo.put("/new", say("new"));
    echo.get("/old", say("old"));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/old").body, "new");
}

TEST(EchoMiddleware, CanAnswerAloneAndPassValuesOn) {
  const auto engine = engine_with([](Echo& echo) {
    echo.use([](HandlerFunc next) -> HandlerFunc {
      return [next = std::move(next)](Context& context) {
        if (context.has_query_param("stop")) return context.string(403, "stopped");
        context.set("name", std::string("ann"));
        return next(context);
      };
    });
    echo.get("/a", [](Context& context) {
      EXPECT_EQ(context.get("none"), nullptr);
      return context.string(200, *std::any_cast<std::string>(context.get("name")));
    });
  });
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "ann");
  EXPECT_EQ(exchange(*engine, "GET", "/a?stop").status, 403);
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "ann");
}

TEST(Groups, JoinPrefixesAndCopyTheMiddleware) {
  std::string trace;
  const auto engine = engine_with([&](Echo& echo) {
    Group outer = echo.group("/v1", {trace_to(trace, "outer")});
    Group inner = outer.group("/users", {trace_to(trace, "inner")});
    outer.use({trace_to(trace, "late")});
    inner.get("/:id", [](Context& context) { return context.string(200, context.path()); });
    outer.get("/a", say("a"));
  });
  EXPECT_EQ(exchange(*engine, "GET", "/v1/users/7").body, "/v1/users/:id");
  EXPECT_EQ(trace, "(outer(inner))");
  trace.clear();
  EXPECT_EQ(exchange(*engine, "GET", "/v1/a").body, "a");
  EXPECT_EQ(trace, "(outer(late))");
}

TEST(Hosts, HaveRoutesOfTheirOwn) {
  const auto engine = engine_with([](Echo& echo) {
    echo.get("/a", say("default"));
    Group first = echo.host("a.com");
    first.get("/old", say("old"));
    Group again = echo.host("a.com");
    again.get("/a", say("a.com"));
    again.get("/:one/:two/:three", [](Context& context) { return context.string(200, context.param("three")); });
  });
  const auto ask = [&](const char* host, const char* target) {
    return exchange(*engine, testing::FullRequest("GET", target, {{"Host", host}}));
  };
  EXPECT_EQ(ask("a.com", "/a").body, "a.com");
  EXPECT_EQ(ask("b.com", "/a").body, "default");
  EXPECT_EQ(ask("a.com:80", "/a").body, "default") << "the port belongs to the host";
  EXPECT_EQ(ask("a.com", "/old").status, 404) << "a second call removes the routes of the first";
  EXPECT_EQ(ask("a.com", "/1/2/3").body, "3") << "more parameters than in the default tree";
  EXPECT_EQ(exchange(*engine, "GET", "http://a.com/a").body, "a.com");
}

}  // namespace
}  // namespace duel::echo
