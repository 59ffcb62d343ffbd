#include "router/nethttp/header.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace duel::nethttp {
namespace {

TEST(Header, HasCanonicalNames) {
  EXPECT_EQ(Header::canonical("content-type"), "Content-Type");
  EXPECT_EQ(Header::canonical("X-REQUEST-ID"), "X-Request-Id");
  EXPECT_EQ(Header::canonical("www-authenticate"), "Www-Authenticate");
  EXPECT_EQ(Header::canonical("a b"), "a b") << "no token";
  EXPECT_EQ(Header::canonical(""), "");
}

TEST(Header, KeepsTheValuesOfANameInOrder) {
  Header header;
  header.add("accept", "a");
  header.add("Accept", "b");
  EXPECT_EQ(header.get("ACCEPT"), "a");
  EXPECT_EQ(header.fields().at("Accept"), (std::vector<std::string>{"a", "b"}));
  header.set("accept", "c");
  EXPECT_EQ(header.fields().at("Accept"), std::vector<std::string>{"c"});
  header.del("aCCept");
  EXPECT_FALSE(header.has("Accept"));
  EXPECT_EQ(header.get("Accept"), "");
}

}  // namespace
}  // namespace duel::nethttp
