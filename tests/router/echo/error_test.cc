#include "router/echo/error.h"

#include <gtest/gtest.h>

namespace duel::echo {
namespace {

TEST(HttpError, HasTheTextOfEcho) {
  EXPECT_EQ(http_error(401, "who?")->text(), "code=401, message=who?");
  EXPECT_EQ(http_error(404)->text(), "code=404, message=Not Found");
  EXPECT_EQ(http_error(409, Value(Value::Map{{"b", 1}, {"a", "x"}}))->text(), "code=409, message=map[a:x b:1]");
  EXPECT_EQ(http_error(400, "outer", http_error(409, "inner"))->text(),
            "code=400, message=outer, internal=code=409, message=inner");
  EXPECT_EQ(http_error(410, error("gone"))->text(), "code=410, message=gone");
}

TEST(HttpError, IsFoundAmongTheCauses) {
  EXPECT_EQ(find_http_error(nullptr), nullptr);
  EXPECT_EQ(find_http_error(error("a")), nullptr);
  EXPECT_EQ(find_http_error(error("a", error("b", forbidden_error())))->code(), 403);
  EXPECT_EQ(find_http_error(http_error(400, "outer", http_error(409, "inner")))->code(), 400) << "the outermost";
}

TEST(HttpError, OfTheFrameworkIsMadeOnce) {
  EXPECT_EQ(not_found_error().get(), not_found_error().get());
  EXPECT_EQ(find_http_error(not_found_error())->code(), 404);
  EXPECT_EQ(find_http_error(method_not_allowed_error())->code(), 405);
}

}  // namespace
}  // namespace duel::echo
