#include "router/gin/middleware/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

using ::testing::MatchesRegex;

constexpr auto kNumbered = router(use(middleware::request_id), get("/probe", run_probe));

TEST(RequestId, IsKeptOrCreated) {
  const auto show_id = [](Context& c) { c.string(200, *c.get(middleware::kRequestId)); };
  const Answer taken = ask<kNumbered>("GET", {{"X-Request-ID", "abc-1.2:3"}}, show_id);
  EXPECT_EQ(taken.body, "abc-1.2:3");
  EXPECT_EQ(taken.field("X-Request-ID"), "abc-1.2:3");
  std::set<std::string> made;
  const std::string too_long(129, 'a');
  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("<x>"), std::string("\xC3\xA9"), too_long}) {
    const Answer answer = ask<kNumbered>("GET", {{"X-Request-ID", bad}}, show_id);
    EXPECT_THAT(answer.body, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_EQ(answer.field("X-Request-ID"), answer.body);
    made.insert(answer.body);
  }
  EXPECT_EQ(made.size(), 5u);
}

}  // namespace
}  // namespace duel::gin::testing
