#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "router/echo/engine.h"
#include "tests/router/echo/exchange.h"

// The answers to clients that wait for 100 Continue before they send a body.
namespace duel::echo {
namespace {

using testing::engine_with;
using testing::FullRequest;
using testing::say;

// The status of the answer that the head decides; 100 if the client must send the body.
int status_of_head(Engine& engine, const std::string& method, const std::string& target) {
  const FullRequest request(method, target, {{"Expect", "100-continue"}, {"Content-Length", "2"}});
  std::array<char, 4096> block;
  http::Output output(block.data(), block.data() + block.size());
  const http::DateLine date(0);
  http::Response response(date);
  response.start(request.request(), output, true);
  if (!engine.answer_head(request.request(), response)) {
    EXPECT_TRUE(output.empty()) << "a part of an answer is written";
    return 100;
  }
  EXPECT_TRUE(response.ended());
  return response.status();
}

HandlerFunc pass(HandlerFunc next) {
  return next;
}

TEST(HeadAnswer, IsThatOfAPathWithoutAHandler) {
  const auto engine = engine_with([](Echo& echo) {
    echo.post("/echo", say("echo"));
    echo.post("/user/:id", say("user"));
    echo.route_not_found("/own/*", say("own"));
  });
  EXPECT_EQ(status_of_head(*engine, "POST", "/echo"), 100);
  EXPECT_EQ(status_of_head(*engine, "POST", "/user/7?a=b"), 100);
  EXPECT_EQ(status_of_head(*engine, "POST", "/own/page"), 100) << "this handler may read the body";
  EXPECT_EQ(status_of_head(*engine, "POST", "/none"), 404);
  EXPECT_EQ(status_of_head(*engine, "PUT", "/echo"), 405);
  EXPECT_EQ(status_of_head(*engine, "OPTIONS", "/echo"), 204);
  EXPECT_EQ(status_of_head(*engine, "POST", "/bad%zzescape"), 400);
}

TEST(HeadAnswer, WaitsForMiddleware) {
  EXPECT_EQ(status_of_head(*engine_with([](Echo& echo) { echo.use(pass); }), "POST", "/none"), 100);
  EXPECT_EQ(status_of_head(*engine_with([](Echo& echo) { echo.pre(pass); }), "POST", "/none"), 100);
  const auto group = engine_with([](Echo& echo) { echo.group("/group", {pass}); });
  EXPECT_EQ(status_of_head(*group, "POST", "/group/none"), 100);
  EXPECT_EQ(status_of_head(*group, "POST", "/none"), 404);
}

TEST(HeadAnswer, WaitsForAnErrorHandlerThatReadsTheBody) {
  const auto set_up = [](Echo& echo) {
    echo.error_handler = [](const Error&, Context& context) { context.string(418, context.request().body); };
  };
  EXPECT_EQ(status_of_head(*engine_with(set_up), "POST", "/none"), 418);
  EXPECT_EQ(status_of_head(*engine_with(set_up, {.error_handler_reads_body = true}), "POST", "/none"), 100);
}

}  // namespace
}  // namespace duel::echo
