#include "router/gin/context.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "router/gin/engine.h"
#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {
namespace {

struct User {
  std::shared_ptr<int> alive;
};
constexpr Key<User> kUser{"user"};
constexpr Key<int> kNumber{"number"};

std::shared_ptr<int> guard = std::make_shared<int>(0);  // NOLINT: global, because handlers have no captures

constexpr auto kApp = router(
    get(
        "/twice", [](Context& c) { c.string(201, "one "); }, [](Context& c) { c.string(500, std::string("two")); }),
    get("/large",
        [](Context& c) {
          c.string(200, std::string(memory::Buffer::kInlineBytes - 1, 'a'));
          c.string(200, "bc");
        }),
    get("/late",
        [](Context& c) {
          c.string(200, "x");
          c.set_header("X-Late", "1");
          c.status(404);
        }),
    get("/own-type",
        [](Context& c) {
          c.set_header("content-type", "text/css");
          c.string(200, "a{}");
        }),
    get("/empty", [](Context& c) { c.string(204, "dropped"); }),
    get(
        "/abort", [](Context& c) { c.abort_with_status(401); }, [](Context& c) { c.string(200, "never"); }),
    get(
        "/abort-json",
        [](Context& c) {
          c.abort_with_json(403, H{{"error", "no"}});
        },
        [](Context& c) { c.string(200, "never"); }),
    get(
        "/keys", [](Context& c) { c.set(kUser, {guard}); }, [](Context& c) { c.set(kUser, {guard}); },
        [](Context& c) {
          c.string(200,
                   c.get(kNumber) == nullptr && c.get(kUser)->alive == guard ? std::string("yes") : std::string("no"));
        }),
    get(
        "/throw", [](Context& c) { c.set(kUser, {guard}); }, [](Context&) { throw std::runtime_error("boom"); }),
    get("/redirect", [](Context& c) { c.redirect(302, "next?a=<b>"); }),
    get("/bad-redirect", [](Context& c) { c.redirect(200, "/"); }),
    get("/query",
        [](Context& c) { c.string(200, std::string(c.query("a")) + "|" + std::string(c.default_query("b", "none"))); }),
    get("/header", [](Context& c) { c.data(200, "text/html", c.header("x-thing")); }));

class ContextTest : public ::testing::Test {
 protected:
  Answer get(std::string_view target, const std::vector<FieldText>& fields = {}) {
    return exchange(engine_, "GET", target, fields);
  }
  Engine<kApp> engine_;
};

TEST_F(ContextTest, SeveralWritesAppendAndKeepTheFirstStatus) {
  const Answer answer = get("/twice");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "one two");
}

TEST_F(ContextTest, ABodyMayOutgrowItsBuffer) {
  EXPECT_EQ(get("/large").body, std::string(memory::Buffer::kInlineBytes - 1, 'a') + "bc");
  EXPECT_EQ(get("/twice").body, "one two") << "the larger buffer is reused";
}

TEST_F(ContextTest, HeaderAndStatusAreFixedByTheFirstByte) {
  const Answer answer = get("/late");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("X-Late"), "");
}

TEST_F(ContextTest, AContentTypeThatIsSetStays) {
  EXPECT_EQ(get("/own-type").field("Content-Type"), "text/css");
}

TEST_F(ContextTest, DropsTheBodyIfTheStatusHasNone) {
  const Answer answer = get("/empty");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

TEST_F(ContextTest, AbortStopsTheChain) {
  EXPECT_EQ(get("/abort").status, 401);
  EXPECT_EQ(get("/abort").body, "");
  EXPECT_EQ(get("/abort-json").status, 403);
  EXPECT_EQ(get("/abort-json").body, R"({"error":"no"})");
}

TEST_F(ContextTest, KeysHaveTypesAndEndWithTheRequest) {
  EXPECT_EQ(get("/keys").body, "yes");
  get("/abort");
  EXPECT_EQ(guard.use_count(), 1);
}

TEST_F(ContextTest, AfterAnExceptionTheContextIsReused) {
  EXPECT_THROW(get("/throw"), std::runtime_error);
  EXPECT_EQ(get("/keys").body, "yes");
}

TEST_F(ContextTest, RedirectsResolveAndEscape) {
  const Answer answer = get("/redirect");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.field("Location"), "/next?a=<b>");
  EXPECT_EQ(answer.body, "<a href=\"/next?a=&lt;b&gt;\">Found</a>.\n\n");
  EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THROW(get("/bad-redirect"), std::invalid_argument);
}

TEST_F(ContextTest, ReadsQueryAndHeader) {
  EXPECT_EQ(get("/query?a=1+2&a=3").body, "1 2|none");
  EXPECT_EQ(get("/query?b=").body, "|") << "an empty value is not a missing value";
  EXPECT_EQ(get("/header", {{"X-Thing", "value"}}).body, "value");
}

}  // namespace
}  // namespace duel::gin::testing
