#include "router/gin/middleware/timeout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/recovery.h"
#include "tests/router/gin/middleware/ask.h"

// A negative limit is always exceeded, so that no test waits.
namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;

constexpr middleware::TimeoutOptions kPassed{.limit = std::chrono::milliseconds(-1)};
constexpr middleware::TimeoutOptions kPassedSend{
    .limit = std::chrono::milliseconds(-1), .late = middleware::LateAnswer::kSend, .status = 504};
constexpr middleware::TimeoutOptions kAnHour{.limit = std::chrono::hours(1)};
constexpr auto kLate = router(use(middleware::timeout<kPassed>), get("/probe", run_probe));
constexpr auto kLateSend = router(use(middleware::timeout<kPassedSend>), get("/probe", run_probe));
constexpr auto kInTime = router(use(middleware::timeout<kAnHour>), get("/probe", run_probe));
constexpr auto kNested =
    router(use(middleware::timeout<kPassed>, middleware::timeout<kAnHour>), get("/probe", run_probe));
std::vector<std::chrono::nanoseconds> left;
void note_what_is_left(Context& c) {
  c.next();
  left.push_back(middleware::time_left(c));
}
constexpr auto kNestedLate = router(use(note_what_is_left, middleware::timeout<kAnHour>, note_what_is_left,
                                        middleware::recovery<nullptr>, middleware::timeout<kPassedSend>),
                                    get("/probe", run_probe));
constexpr auto kLateCompressed =
    router(use(middleware::timeout<kPassed>, middleware::gzip<>), get("/probe", run_probe));

TEST(Timeout, ReplacesALateResponse) {
  const Answer answer = ask<kLate>("GET", {}, [](Context& c) {
    EXPECT_TRUE(middleware::expired(c));
    c.json(200, H{{"late", true}});
  });
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the request took too long");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(ask<kLateSend>("GET", {}, answer_ok).body, "ok");
  EXPECT_EQ(ask<kLateSend>("GET", {}, [](Context&) {}).status, 504);
}

TEST(Timeout, KeepsOtherResponses) {
  const Answer answer = ask<kInTime>("GET", {}, [](Context& c) {
    EXPECT_FALSE(middleware::expired(c));
    EXPECT_LE(middleware::time_left(c), std::chrono::hours(1));
    c.string(200, "ok");
  });
  EXPECT_EQ(answer.body, "ok");
  EXPECT_THAT(ask<kLate>("GET", {}, [](Context& c) { c.write("stream"); }).body, HasSubstr("stream"));
  EXPECT_EQ(ask<kNested>("GET", {},
                         [](Context& c) { EXPECT_TRUE(middleware::expired(c)) << "the outer deadline is earlier"; })
                .status,
            503);
}

TEST(Timeout, UsesItsOwnDeadline) {
  left.clear();
  EXPECT_EQ(ask<kNestedLate>("GET", {}, [](Context& c) { c.string(201, "ok"); }).status, 201);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_GT(left[0].count(), 0) << "the inner deadline ends with its chain";
  EXPECT_EQ(left[1], std::chrono::nanoseconds::max()) << "the outer deadline ends with its chain";
  left.clear();
  ask<kNestedLate>("GET", {}, [](Context&) { throw std::runtime_error("broken"); });
  ASSERT_EQ(left.size(), 2u);
  EXPECT_GT(left[0].count(), 0) << "also after an exception";
}

TEST(Timeout, RemovesTheFieldsOfTheReplacedBody) {
  const Answer answer = ask<kLateCompressed>("GET", kTakesGzip, [](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.set_header("Cache-Control", "max-age=86400");
    c.string(200, std::string(5000, 'x'));
  });
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the request took too long");
  EXPECT_EQ(answer.field("Content-Encoding"), "");
  EXPECT_EQ(answer.field("ETag"), "");
  EXPECT_EQ(answer.field("Cache-Control"), "");
  EXPECT_EQ(answer.field("Content-Length"), "25");
}

}  // namespace
}  // namespace duel::gin::testing
