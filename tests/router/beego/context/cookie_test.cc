#include "router/beego/context/cookie.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "router/beego/context/secure_cookie.h"
#include "router/beego/formats/base64.h"

namespace duel::beego::context {
namespace {

using ::testing::HasSubstr;

TEST(FormatCookie, WritesItsAttributesAsBeego) {
  EXPECT_EQ(format_cookie("plain", "v", {}), "plain=v; Path=/");
  EXPECT_EQ(format_cookie("n", "v", {.max_age_s = -1}), "n=v; Max-Age=0; Path=/");
  const std::string all = format_cookie(
      "n", "v",
      {.max_age_s = 3600, .path = "/p", .domain = "d.com", .secure = true, .http_only = true, .same_site = "Lax"});
  EXPECT_THAT(all, ::testing::MatchesRegex("n=v; Expires=[A-Z][a-z]+, [0-9]+ [A-Z][a-z]+ [0-9]+ [0-9:]+ UTC; "
                                           "Max-Age=3600; Path=/p; Domain=d.com; Secure; HttpOnly; SameSite=Lax"));
}

TEST(FormatCookie, HasADateForTheLargestAge) {
  EXPECT_THAT(format_cookie("n", "v", {.max_age_s = INT64_MAX}), HasSubstr("Expires="));
}

constexpr uint64_t kNowNs = 1'795'459'222'498'387'404;

TEST(SecureCookie, ReadsAValueThatBeegoSigned) {
  constexpr std::string_view kOriginal =
      "a2VBZ05KMTBTQXp3dHJhUGJQSWhuSkpzVDhiZ3IwUVI=|1795459222498387404|"
      "9c31639c779cd1eb1a5084ffd7da1df20e075cdd1816bf6355006f3ec1d591b3";
  EXPECT_EQ(verify_value("beegoxsrf", kOriginal), "keAgNJ10SAzwtraPbPIhnJJsT8bgr0QR");
  EXPECT_EQ(sign_value("beegoxsrf", "keAgNJ10SAzwtraPbPIhnJJsT8bgr0QR", kNowNs), kOriginal);
}

TEST(SecureCookie, RefusesEveryChangedLetter) {
  const std::string good = sign_value("secret", "user=42", kNowNs);
  ASSERT_EQ(verify_value("secret", good), "user=42");
  EXPECT_EQ(verify_value("other", good), std::nullopt);
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_EQ(verify_value("secret", changed), std::nullopt) << changed;
    changed = good;
    changed.erase(i, 1);
    EXPECT_EQ(verify_value("secret", changed), std::nullopt) << changed;
  }
  EXPECT_EQ(verify_value("secret", good + "0"), std::nullopt);
  for (const char* text : {"", "|", "||", "|||", "a|b|c"}) EXPECT_EQ(verify_value("secret", text), std::nullopt);
}

// The signature covers the value and the time, but not the bar between them.
TEST(SecureCookie, RefusesAMovedBar) {
  const std::string good = sign_value("secret", "abc", kNowNs);  // "YWJj", without padding
  const size_t bar = good.find('|');
  for (size_t digits = 1; digits < 19; ++digits) {
    std::string moved = good;
    moved.erase(bar, 1).insert(bar + digits, "|");
    EXPECT_EQ(verify_value("secret", moved), std::nullopt) << moved;
  }
}

TEST(SecureCookie, HoldsAnyBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  for (size_t size = 0; size <= all.size(); ++size) {
    EXPECT_EQ(verify_value("s", sign_value("s", all.substr(0, size), kNowNs)), all.substr(0, size));
  }
}

TEST(Base64, AcceptsOnlyTheCanonicalForm) {
  EXPECT_EQ(formats::encode_base64("\xFF\xFE"), "//4=");
  EXPECT_EQ(formats::encode_base64url("\xFF\xFE"), "__4=");
  EXPECT_EQ(formats::decode_base64url("__4="), "\xFF\xFE");
  for (const char* text : {"__4", "__5=", "__ 4=", "//4=", "__4==", "=", "_"}) {
    EXPECT_EQ(formats::decode_base64url(text), std::nullopt) << text;
  }
}

TEST(RandomText, HasOnlyLettersAndDigitsAndDiffers) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = random_text(32);
    EXPECT_THAT(text, ::testing::MatchesRegex("[0-9A-Za-z]{32}"));
    EXPECT_TRUE(seen.insert(text).second);
  }
}

}  // namespace
}  // namespace duel::beego::context
