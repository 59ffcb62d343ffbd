#include "router/url/url.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace duel::url {
namespace {

Url parsed(std::string_view method, std::string_view target) {
  Url url;
  EXPECT_TRUE(parse_target(method, target, url)) << target;
  return url;
}

TEST(Url, HasADecodedPathAndTheOneThatWasSent) {
  const Url plain = parsed("GET", "/a%20b?q=%20");
  EXPECT_EQ(plain.path, "/a b");
  EXPECT_EQ(plain.raw_path, "") << "the usual encoding";
  EXPECT_EQ(plain.raw_query, "q=%20");
  EXPECT_EQ(plain.escaped_path(), "/a%20b");
  const Url unusual = parsed("GET", "/a%2Fb");
  EXPECT_EQ(unusual.path, "/a/b");
  EXPECT_EQ(unusual.raw_path, "/a%2Fb");
  EXPECT_EQ(unusual.escaped_path(), "/a%2Fb");
}

TEST(Url, ARawPathThatIsNoEncodingOfThePathDoesNotCount) {
  Url url = parsed("GET", "/a%2Fb");
  url.path = "/changed";
  EXPECT_EQ(url.escaped_path(), "/changed");
}

TEST(Url, HasSchemeAndHostOfAnAbsoluteTarget) {
  const Url url = parsed("GET", "HTTP://user@example.com:81/a?b");
  EXPECT_EQ(url.scheme, "http");
  EXPECT_EQ(url.host, "example.com:81");
  EXPECT_EQ(url.path, "/a");
  EXPECT_EQ(parsed("CONNECT", "example.com:443").host, "example.com:443");
  EXPECT_EQ(parsed("OPTIONS", "*").path, "*");
}

TEST(Url, RefusesWhatGoRefuses) {
  for (const char* target : {"", "/%", "/%zz", "a", ":a", "http://[::1/", "http://a:b/", "http://a b/", "/a\x7f"}) {
    Url url;
    EXPECT_FALSE(parse_target("GET", target, url)) << target;
  }
}

TEST(Url, KeepsNothingOfTheTargetBefore) {
  Url url;
  ASSERT_TRUE(parse_target("GET", "http://a/x%2Fy?q", url));
  ASSERT_TRUE(parse_target("GET", "/z", url));
  EXPECT_EQ(url.scheme + url.host + url.path + url.raw_path + url.raw_query, "/z");
}

TEST(Url, ItsTextIsAReferenceOfTheSameServer) {
  Url url;
  url.path = "/a b";
  url.raw_query = "q=1";
  EXPECT_EQ(url.text(), "/a%20b?q=1");
  url.path = "a:b";
  EXPECT_EQ(url.text(), "./a:b?q=1") << "a reader must not see a scheme";
}

TEST(StripPort, KeepsWhatIsNoHostWithAPort) {
  for (const auto& [host, stripped] : {std::pair{"a:80", "a"},
                                       {"a", "a"},
                                       {"[::1]:80", "::1"},
                                       {"[::1]", "[::1]"},
                                       {"::1", "::1"},
                                       {"a:b:80", "a:b:80"},
                                       {"[a:80", "[a:80"},
                                       {":80", ""},
                                       {"", ""}}) {
    EXPECT_EQ(strip_port(host), stripped) << host;
  }
}

}  // namespace
}  // namespace duel::url
