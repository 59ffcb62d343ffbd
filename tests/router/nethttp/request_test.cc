#include "router/nethttp/request.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/router/recorded/exchange.h"

namespace duel::nethttp {
namespace {

TEST(Context, GivesTheLastValueOfAKey) {
  const auto empty = std::make_shared<const Context>();
  const auto first = std::make_shared<const Context>(empty, "user", std::string("ann"));
  const auto other = std::make_shared<const Context>(first, "role", 7);
  const auto last = std::make_shared<const Context>(other, "user", std::string("bob"));
  EXPECT_EQ(empty->value("user"), nullptr);
  EXPECT_EQ(std::any_cast<std::string>(*other->value("user")), "ann");
  EXPECT_EQ(std::any_cast<std::string>(*last->value("user")), "bob");
  EXPECT_EQ(std::any_cast<int>(*last->value("role")), 7);
  EXPECT_EQ(last->value(""), nullptr);
}

TEST(Request, IsMadeOfTheCoresRequest) {
  const recorded::FullRequest from("POST", "http://other:81/a%20b?q=1",
                                   {{"Host", "first"}, {"accept", "x"}, {"Accept", "y"}}, "body");
  const std::unique_ptr<Request> made = make_request(from.request());
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(made->method, "POST");
  EXPECT_EQ(made->proto, "HTTP/1.1");
  EXPECT_EQ(made->host, "other:81") << "the target wins over the field";
  EXPECT_EQ(made->url.path, "/a b");
  EXPECT_EQ(made->url.raw_query, "q=1");
  EXPECT_EQ(made->request_uri, "http://other:81/a%20b?q=1");
  EXPECT_EQ(made->body, "body");
  EXPECT_FALSE(made->header.has("Host"));
  EXPECT_EQ(made->header.fields().at("Accept").size(), 2U);
  EXPECT_NE(made->context, nullptr);
  EXPECT_EQ(made->path_value("none"), "");
}

TEST(Request, IsNotMadeOfAMalformedTarget) {
  EXPECT_EQ(make_request(recorded::FullRequest("GET", "/%zz").request()), nullptr);
}

}  // namespace
}  // namespace duel::nethttp
