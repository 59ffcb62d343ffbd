#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/recovery.h"
#include "router/gin/middleware/request_id.h"
#include "router/gin/middleware/timeout.h"
#include "tests/router/gin/middleware/ask.h"

// Several middleware together, in Gin's order.
namespace duel::gin::testing {
namespace {

constexpr middleware::TimeoutOptions kAnHour{.limit = std::chrono::hours(1)};
constexpr auto kAll = router(use(middleware::recovery<>, middleware::request_id, middleware::cors<>, middleware::gzip<>,
                                 middleware::timeout<kAnHour>),
                             get("/probe", run_probe));

TEST(Chain, InnerMiddlewareSeesTheResponseFirst) {
  const std::string text(3000, 'x');
  const Answer answer = ask<kAll>("GET", {{"Accept-Encoding", "gzip"}, {"Origin", "https://x.example"}},
                                  [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(unzip(answer.body), text);
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.field("X-Request-ID").size(), 36u);
  const Answer miss = ask<kAll>("POST", {}, answer_ok);
  EXPECT_EQ(miss.status, 404);
  EXPECT_EQ(miss.body, "404 page not found");
  EXPECT_EQ(miss.field("X-Request-ID").size(), 36u) << "middleware also runs before a 404";
}

}  // namespace
}  // namespace duel::gin::testing
