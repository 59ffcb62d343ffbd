#include "router/gin/cookie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/grammar/cookie_cases.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

TEST(Cookies, ReadTheCommonCases) {
  for (const http::grammar::testing::CookieCase& one : http::grammar::testing::kCookieCases) {
    probe("GET", "?", {{"Cookie", one.field}}, "",
          [&](Context& c) { EXPECT_EQ(c.cookie(one.name), one.gin) << one.field; });
  }
}

TEST(Cookies, AreFoundInEveryField) {
  probe("GET", "?", {{"Cookie", "a=1"}, {"cookie", "d=2; a=3; b=ok"}}, "", [](Context& c) {
    EXPECT_EQ(c.cookie("a"), "1");
    EXPECT_EQ(c.cookie("b"), "ok");
    EXPECT_EQ(c.cookie("d"), "2");
  });
}

TEST(Cookies, AreSetWithTheirAttributes) {
  const Answer answer = probe("?", [](Context& c) {
    EXPECT_TRUE(c.set_cookie({.name = "id",
                              .value = "a b;c\r\n",
                              .path = "/x",
                              .domain = "example.com",
                              .max_age = std::chrono::hours(1),
                              .secure = true,
                              .http_only = true,
                              .same_site = SameSite::kStrict}));
    EXPECT_TRUE(c.set_cookie({.name = "plain", .value = "1"}));
    EXPECT_TRUE(c.set_cookie({.name = "no-path", .value = "1", .path = ""}));
    EXPECT_TRUE(c.set_cookie({.name = "gone", .value = "", .max_age = std::chrono::seconds(-1)}));
    EXPECT_FALSE(c.set_cookie({.name = "bad name", .value = "1"}));
    EXPECT_FALSE(c.set_cookie({.name = "x", .value = "1", .path = "/;Secure"}));
    EXPECT_FALSE(c.set_cookie({.name = "x", .value = "1", .domain = "a\r\nb"}));
    c.string(200, "ok");
    EXPECT_FALSE(c.set_cookie({.name = "late", .value = "1"}));
  });
  EXPECT_THAT(answer.head, ::testing::HasSubstr("Set-Cookie: id=a+b%3Bc%0D%0A; Path=/x; Domain=example.com; "
                                                "Max-Age=3600; HttpOnly; Secure; SameSite=Strict\r\n"
                                                "Set-Cookie: plain=1; Path=/\r\n"
                                                "Set-Cookie: no-path=1; Path=/\r\n"
                                                "Set-Cookie: gone=; Path=/; Max-Age=0\r\n"));
}

}  // namespace
}  // namespace duel::gin::testing
