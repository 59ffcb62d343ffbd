#include "http/grammar/cookie.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/http/grammar/cookie_cases.h"

namespace duel::http::grammar {
namespace {

TEST(TakeCookie, ReadsTheCommonCases) {
  for (const testing::CookieCase& one : testing::kCookieCases) {
    std::string_view rest = one.field;
    EXPECT_EQ(take_cookie(rest, one.name), one.beego) << one.field;
  }
}

TEST(TakeCookie, FindsTheNextCookieOfTheName) {
  std::string_view rest = "a=1; b=2; a=\x01; a= 3; a";
  EXPECT_EQ(take_cookie(rest, "a"), "1");
  EXPECT_EQ(take_cookie(rest, "a"), " 3");
  EXPECT_EQ(take_cookie(rest, "a"), "");
  EXPECT_EQ(take_cookie(rest, "a"), std::nullopt);
  EXPECT_EQ(rest, "");
}

std::string write(const SetCookie& cookie, SetCookieRules rules) {
  std::string text(max_set_cookie_size(cookie), '\0');
  text.resize(static_cast<size_t>(write_set_cookie(cookie, rules, text.data()) - text.data()));
  return text;
}

const SetCookie kEverything{.name = "n",
                            .value = "v w",
                            .path = "/p",
                            .domain = "d.example",
                            .expires = "Sun, 06 Nov 1994 08:49:37 GMT",
                            .max_age_s = INT64_MAX,
                            .secure = true,
                            .http_only = true,
                            .same_site = "Strict"};

TEST(WriteSetCookie, FollowsTheOriginalsOrder) {
  EXPECT_EQ(write(kEverything, SetCookieRules::kNetHttp),
            "n=v w; Path=/p; Domain=d.example; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=9223372036854775807; "
            "HttpOnly; Secure; SameSite=Strict");
  EXPECT_EQ(write(kEverything, SetCookieRules::kBeego),
            "n=v w; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=9223372036854775807; Path=/p; Domain=d.example; "
            "Secure; HttpOnly; SameSite=Strict");
}

TEST(WriteSetCookie, LeavesOutWhatIsNotSet) {
  for (const SetCookieRules rules : {SetCookieRules::kNetHttp, SetCookieRules::kBeego}) {
    EXPECT_EQ(write({.name = "n", .value = "v"}, rules), "n=v; Path=/");
    EXPECT_EQ(write({.name = "n", .value = "", .http_only = true}, rules), "n=; Path=/; HttpOnly");
  }
}

TEST(WriteSetCookie, HasNoNegativeAge) {
  for (const int64_t age_s : {INT64_MIN, int64_t{-1}, int64_t{0}}) {
    const SetCookie cookie{.name = "n", .value = "", .max_age_s = age_s};
    EXPECT_EQ(write(cookie, SetCookieRules::kNetHttp), "n=; Path=/; Max-Age=0");
    EXPECT_EQ(write(cookie, SetCookieRules::kBeego), "n=; Max-Age=0; Path=/");
  }
}

TEST(WriteSetCookie, RefusesBytesThatDoNotBelongThereAsNetHttp) {
  for (const std::string_view name : {"", "a b", "a=b", "a;", "a\r\nX: y", "\xC3\xA9"}) {
    EXPECT_EQ(write({.name = name, .value = "v"}, SetCookieRules::kNetHttp), "") << name;
  }
  for (const std::string_view value : {"v;", "\"", "\\", "\r\nX: y", "\x7F", "\xC3\xA9"}) {
    EXPECT_EQ(write({.name = "n", .value = value}, SetCookieRules::kNetHttp), "") << value;
  }
  for (const std::string_view bad : {"/;Secure", "/\r\nX: y", "/\x7F", "/\xC3\xA9"}) {
    EXPECT_EQ(write({.name = "n", .value = "v", .path = bad}, SetCookieRules::kNetHttp), "") << bad;
    EXPECT_EQ(write({.name = "n", .value = "v", .domain = bad}, SetCookieRules::kNetHttp), "") << bad;
    EXPECT_EQ(write({.name = "n", .value = "v", .expires = bad}, SetCookieRules::kNetHttp), "") << bad;
    EXPECT_EQ(write({.name = "n", .value = "v", .same_site = bad}, SetCookieRules::kNetHttp), "") << bad;
  }
}

TEST(WriteSetCookie, WritesOnlyDomainsAsNetHttp) {
  const std::string long_label(64, 'a');
  for (const auto& [domain, written] : std::vector<std::pair<std::string, std::string>>{{"example.com", "example.com"},
                                                                                        {".example.com", "example.com"},
                                                                                        {"a-1.b", "a-1.b"},
                                                                                        {"127.0.0.1", "127.0.0.1"},
                                                                                        {"::1", ""},
                                                                                        {"[::1]", ""},
                                                                                        {"-a.com", ""},
                                                                                        {"a-.com", ""},
                                                                                        {"a..b", ""},
                                                                                        {"a_b.com", ""},
                                                                                        {"a.", ""},
                                                                                        {"1.2", ""},
                                                                                        {"..a", ""},
                                                                                        {long_label, ""}}) {
    EXPECT_EQ(write({.name = "n", .value = "v", .domain = domain}, SetCookieRules::kNetHttp),
              "n=v; Path=/" + (written.empty() ? "" : "; Domain=" + written));
  }
}

TEST(WriteSetCookie, ReplacesBytesThatDoNotBelongThereAsBeego) {
  const SetCookie evil{.name = "a\r\nSet-Cookie: b",
                       .value = "v; Domain=evil\r\nX: y",
                       .path = "/; Secure",
                       .domain = "d\nX: y",
                       .same_site = "Lax; Max-Age=1"};
  EXPECT_EQ(write(evil, SetCookieRules::kBeego),
            "a--Set-Cookie--b=v  Domain=evil  X: y; Path=/  Secure; Domain=d X: y; SameSite=Lax  Max-Age=1");
  EXPECT_EQ(write({.name = "a=b;c\xC3", .value = "\xC3\xA9\x7F"}, SetCookieRules::kBeego), "a-b-c-=\xC3\xA9 ; Path=/");
}

TEST(SameSite, HasATextForTheField) {
  EXPECT_EQ(text_of(SameSite::kUnset), "");
  EXPECT_EQ(text_of(SameSite::kLax), "Lax");
  EXPECT_EQ(text_of(SameSite::kStrict), "Strict");
  EXPECT_EQ(text_of(SameSite::kNone), "None");
}

}  // namespace
}  // namespace duel::http::grammar
