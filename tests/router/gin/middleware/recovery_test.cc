#include "router/gin/middleware/recovery.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

void mark(Context& c) {
  c.next();
  c.response().set("X-Status-Seen", std::to_string(c.status()));
}

std::string reported;
void report(Context&, std::string_view message) {
  reported = message;
}
constexpr auto kRecovering = router(use(mark, middleware::recovery<report>), get("/probe", run_probe));

TEST(Recovery, TurnsAnExceptionInto500) {
  const Answer answer = ask<kRecovering>("GET", {}, [](Context& c) {
    c.set_header("X-Kept", "1");
    c.json(201, H{{"half", 1}});
    throw std::runtime_error("broken");
  });
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.field("Content-Type"), "");
  EXPECT_EQ(answer.field("X-Kept"), "1");
  EXPECT_EQ(answer.field("X-Status-Seen"), "500") << "the middleware outside runs to its end";
  EXPECT_EQ(reported, "broken");
  EXPECT_EQ(ask<kRecovering>("GET", {}, [](Context&) { throw 7; }).status, 500);
  EXPECT_EQ(ask<kRecovering>("GET", {}, [](Context& c) { c.string(200, "ok"); }).body, "ok");
}

constexpr auto kLogging = router(use(middleware::recovery<>), get("/log/:any", run_probe));
constexpr auto kSilent = router(use(middleware::recovery<nullptr>), get("/probe", run_probe));

TEST(Recovery, LogsTheExceptionToStandardError) {
  const auto throwing = [](Context&) { throw std::runtime_error("broken\nin two"); };
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ask<kLogging>("GET", {}, throwing, "/log/a%0Ab").status, 500);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "gin: GET /log/a?b: broken?in two\n");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ask<kSilent>("GET", {}, throwing).status, 500);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Recovery, LeavesABrokenStreamToTheCore) {
  const auto breaking = [](Context& c) {
    c.write("half");
    throw std::runtime_error("broken");
  };
  reported.clear();
  EXPECT_THROW(ask<kRecovering>("GET", {}, breaking), std::runtime_error);
  EXPECT_EQ(reported, "") << "a reporter could write to the response";
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(ask<kLogging>("GET", {}, breaking, "/log/a"), std::runtime_error);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "the core reports it";
}

}  // namespace
}  // namespace duel::gin::testing
