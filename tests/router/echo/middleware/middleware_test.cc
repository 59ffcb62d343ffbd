#include <gtest/gtest.h>

#include <string>

#include "router/echo/middleware/method_override.h"
#include "router/echo/middleware/slash.h"
#include "tests/router/echo/exchange.h"

namespace duel::echo::middleware {
namespace {

using echo::testing::engine_with;
using echo::testing::exchange;
using echo::testing::FullRequest;
using echo::testing::say;

std::unique_ptr<Engine> engine_of(const MiddlewareFunc& middleware) {
  return engine_with([&](Echo& echo) {
    echo.pre(middleware);
    echo.any("/a", say("a"));
    echo.any("/a/", say("a/"));
    echo.put("/put", say("put"));
    echo.post("/put", say("post"));
  });
}

TEST(Slash, IsAddedOrRemoved) {
  const auto adding = engine_of(add_trailing_slash());
  EXPECT_EQ(exchange(*adding, "GET", "/a").body, "a/");
  EXPECT_EQ(exchange(*adding, "GET", "/a/").body, "a/");
  const auto removing = engine_of(remove_trailing_slash());
  EXPECT_EQ(exchange(*removing, "GET", "/a/").body, "a");
  EXPECT_EQ(exchange(*removing, "GET", "/a").body, "a");
  EXPECT_EQ(exchange(*removing, "GET", "/").status, 404);
}

TEST(Slash, IsAddedOrRemovedByARedirect) {
  const auto adding = engine_of(add_trailing_slash(301));
  EXPECT_EQ(exchange(*adding, "GET", "/a?b=c").status, 301);
  EXPECT_EQ(exchange(*adding, "GET", "/a?b=c").field("Location"), "/a/?b=c");
  EXPECT_EQ(exchange(*adding, "GET", "/a/").body, "a/");
  const auto removing = engine_of(remove_trailing_slash(308));
  EXPECT_EQ(exchange(*removing, "GET", "/a/?b").field("Location"), "/a?b");
}

// Such a Location would name another host.
TEST(Slash, OfARedirectLeadsToNoOtherHost) {
  const auto adding = engine_of(add_trailing_slash(301));
  EXPECT_EQ(exchange(*adding, "GET", "//evil.com").field("Location"), "/evil.com/");
  EXPECT_EQ(exchange(*adding, "GET", "/\\evil.com").field("Location"), "/evil.com/");
  const auto removing = engine_of(remove_trailing_slash(301));
  EXPECT_EQ(exchange(*removing, "GET", "/%2Fevil.com/").field("Location"), "/evil.com");
}

TEST(MethodOverride, ChangesOnlyAPost) {
  const auto engine = engine_of(method_override());
  const auto ask = [&](const char* method) {
    return exchange(*engine, FullRequest(method, "/put", {{"X-HTTP-Method-Override", "PUT"}}));
  };
  EXPECT_EQ(ask("POST").body, "put");
  EXPECT_EQ(ask("GET").status, 405);
  EXPECT_EQ(exchange(*engine, "POST", "/put").body, "post");
}

}  // namespace
}  // namespace duel::echo::middleware
