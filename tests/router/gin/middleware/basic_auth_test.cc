#include "router/gin/middleware/basic_auth.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

constexpr middleware::Account kAccounts[] = {{"ada", "secret"}, {"bob", "p:w"}};
constexpr middleware::BasicAuthOptions kAuth{.accounts = kAccounts, .realm = "area"};
constexpr auto kGuarded = router(use(middleware::basic_auth<kAuth>), get("/probe", run_probe));
void show_auth_user(Context& c) {
  c.string(200, *c.get(middleware::kAuthUser));
}

TEST(BasicAuth, AcceptsAccounts) {
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "Basic YWRhOnNlY3JldA=="}}, show_auth_user).body, "ada");
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "basic YWRhOnNlY3JldA"}}, show_auth_user).body, "ada");
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "Basic Ym9iOnA6dw=="}}, show_auth_user).body, "bob");
}

TEST(BasicAuth, RefusesEverythingElse) {
  const std::string long_one(4000, 'A');
  for (const std::string& value :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Bearer YWRhOnNlY3JldA=="),
        std::string("Basic YWRhOnNlY3JldB=="), std::string("Basic YWRhOg=="), std::string("Basic OnNlY3JldA=="),
        std::string("Basic YWRh"), std::string("Basic !!!!"), std::string("Basic A"), std::string("Basic ===="),
        std::string("Basic YWRhOnA6dw=="), std::string("Basic YWRhOnNlY3JldA="), std::string("Basic YWRhOnNlY3JldA==="),
        "Basic " + long_one}) {
    const Answer answer = ask<kGuarded>("GET", {{"Authorization", value}}, show_auth_user);
    EXPECT_EQ(answer.status, 401) << value;
    EXPECT_EQ(answer.field("WWW-Authenticate"), "Basic realm=\"area\"");
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_TRUE(middleware::equal_in_constant_time("", ""));
  EXPECT_FALSE(middleware::equal_in_constant_time("a", ""));
  EXPECT_FALSE(middleware::equal_in_constant_time("", "a"));
}

}  // namespace
}  // namespace duel::gin::testing
