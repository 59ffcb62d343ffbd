#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "router/gin/context.h"
#include "router/gin/handler_name.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

struct Html {
  std::string_view html;
  std::vector<int> list;
  H empty{};
  static constexpr auto json_fields =
      fields(field("html", &Html::html), field("list", &Html::list), field("empty", &Html::empty));
};

TEST(Render, FormatsText) {
  const Answer answer = probe("?", [](Context& c) { c.string(201, "{} is {:.2f}", "pi", 3.14159); });
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "pi is 3.14");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
  const std::string large(10'000, 'x');
  EXPECT_EQ(probe("?", [&](Context& c) { c.string(200, "{}!", large); }).body, large + "!");
  EXPECT_EQ(probe("?", [](Context& c) { c.string(200, "{}"); }).body, "{}")
      << "without values the text is not a format";
}

TEST(Render, WritesJsonInThreeWays) {
  const Html value{.html = "<b>&\"\\", .list = {1, 2}};
  EXPECT_EQ(probe("?", [&](Context& c) { c.json(200, value); }).body,
            R"({"html":"\u003cb\u003e\u0026\"\\","list":[1,2],"empty":{}})");
  EXPECT_EQ(probe("?", [&](Context& c) { c.pure_json(200, value); }).body,
            "{\"html\":\"<b>&\\\"\\\\\",\"list\":[1,2],\"empty\":{}}\n");
  EXPECT_EQ(probe("?", [&](Context& c) { c.indented_json(200, value); }).body,
            "{\n    \"html\": \"\\u003cb\\u003e\\u0026\\\"\\\\\",\n    \"list\": [\n        1,\n        2\n    ],\n"
            "    \"empty\": {}\n}");
  EXPECT_EQ(probe("?", [&](Context& c) { c.string(200, "["), c.indented_json(200, std::vector<int>{1}); }).body,
            "[[\n    1\n]");
}

TEST(Render, StreamsChunks) {
  const Answer answer = probe("?", [](Context& c) {
    c.set_header("Content-Type", "text/event-stream");
    c.status(202);
    c.string(202, "zero,");
    int i = 0;
    c.stream([&](Context& to) {
      to.write(i == 0 ? "one," : "two");
      return ++i < 2;
    });
    EXPECT_TRUE(c.written());
    EXPECT_EQ(c.size(), 12u);
    c.status(500);
    c.set_header("X-Late", "1");
  });
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, "5\r\nzero,\r\n4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n");
  EXPECT_EQ(answer.field("X-Late"), "");
}

TEST(Render, ReportsWhatIsWritten) {
  probe("?", [](Context& c) {
    EXPECT_FALSE(c.written());
    c.set_header("X-A", "1");
    EXPECT_EQ(c.response_header("x-a"), "1");
    c.set_header("X-A", "");
    EXPECT_EQ(c.response_header("x-a"), "");
    c.string(200, "four");
    EXPECT_TRUE(c.written());
    EXPECT_EQ(c.size(), 4u);
  });
}

TEST(Errors, AreKeptUpToAMaximum) {
  probe("?", [](Context& c) {
    EXPECT_TRUE(c.errors().empty());
    for (int i = 0; i < 20; ++i) c.error("error " + std::to_string(i), ErrorKind::kPublic);
    ASSERT_EQ(c.errors().size(), Context::kMaxErrors);
    EXPECT_EQ(c.errors()[3].message, "error 3");
    EXPECT_EQ(c.errors()[3].kind, ErrorKind::kPublic);
  });
  const Answer answer = probe("?", [](Context& c) {
    c.abort_with_error(409, "conflict");
    EXPECT_TRUE(c.is_aborted());
    EXPECT_EQ(c.errors().size(), 1u);
  });
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(answer.body, "");
}

constexpr Key<std::string> kText{"text"};
constexpr Key<std::unique_ptr<int>> kOwned{"owned"};
constexpr Key<std::string_view> kView{"view"};
constexpr Key<int> kUnset{"unset"};

TEST(KeysOfAContext, MustGetThrowsIfTheKeyIsNotSet) {
  probe("?", [](Context& c) {
    c.set(kText, "a");
    c.set(kText, "b");
    EXPECT_EQ(c.must_get(kText), "b");
    EXPECT_EQ(c.get(kUnset), nullptr);
    try {
      c.must_get(kUnset);
      FAIL();
    } catch (const std::logic_error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("unset"));
    }
  });
}

TEST(Copy, OutlivesTheRequest) {
  std::unique_ptr<RequestCopy> copy;
  probe("POST", "/probe/a%20b/rest?q=x+y",
        {{"Content-Type", "application/x-www-form-urlencoded"}, {"Cookie", "c=1"}, {"X-Empty", ""}}, "f=v",
        [&](Context& c) {
          c.set(kText, std::string(100, 't'));
          c.set(kOwned, std::make_unique<int>(1));
          c.set(kView, c.arena().copy("view"));
          copy = c.copy();
        });
  probe("GET", "/probe/other/request", {{"Cookie", "c=2"}}, {}, [](Context& c) { c.query("overwritten"); });
  std::thread([&] {
    EXPECT_EQ(copy->method(), "POST");
    EXPECT_EQ(copy->path(), "/probe/a b/rest");
    EXPECT_EQ(copy->full_path(), "/probe/:id/*rest");
    EXPECT_EQ(copy->param("id"), "a b");
    EXPECT_EQ(copy->query("q"), "x y");
    EXPECT_EQ(copy->post_form("f"), "v");
    EXPECT_EQ(copy->cookie("c"), "1");
    EXPECT_TRUE(copy->request().has_header("x-empty"));
    EXPECT_EQ(*copy->get(kText), std::string(100, 't'));
    EXPECT_EQ(copy->get(kOwned), nullptr) << "a unique_ptr cannot be copied";
    EXPECT_EQ(*copy->get(kView), "view") << "its bytes are copied";
  }).join();
}

std::string handler_seen;
void see_name(Context& c) {
  handler_seen = c.handler_name();
}
constexpr auto kNamesApp =
    router(use([](Context&) {}), get("/plain", see_name), get("/named", named<"see name", see_name>));

TEST(HandlerName, IsTheGivenOneOrTheSymbol) {
  Engine<kNamesApp> engine;
  exchange(engine, "GET", "/named");
  EXPECT_EQ(handler_seen, "see name");
  exchange(engine, "GET", "/plain");
  EXPECT_THAT(handler_seen,
              ::testing::AnyOf(::testing::HasSubstr("see_name"), ::testing::HasSubstr("gin_context_test+0x")));
}

std::unique_ptr<RequestCopy> options_copy;
constexpr OptionsMiddleware kCopies{[](Context& c) { options_copy = c.copy(); }};
constexpr auto kCopyApp =
    router(no_route(named<"no route", see_name>), group("/copied", use(kCopies), get("", named<"see name", see_name>)));

// The chain of an OPTIONS request is joined in the arena of its context.
TEST(HandlerName, OfACopyOutlivesTheRequest) {
  Engine<kCopyApp> engine;
  exchange(engine, "OPTIONS", "/copied");
  exchange(engine, "GET", "/copied");
  exchange(engine, "OPTIONS", "/copied");
  const std::unique_ptr<RequestCopy> copy = std::move(options_copy);
  exchange(engine, "GET", "/copied?a=%41");
  EXPECT_EQ(copy->handler_name(), "no route");
}

Context* escaped = nullptr;
std::string_view escaped_view;

TEST(PooledContextDeathTest, IsPoisonedWhenItsRequestHasEnded) {
  if (!alloc::kPoison) GTEST_SKIP() << "release builds do not poison";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  probe_body = [](Context& c) {
    escaped = &c;
    escaped_view = c.query("a");
    c.string(200, "ok");
  };
  // The engine must outlive the use; otherwise its memory is freed and the result is undefined.
  const auto use_after_end = [](auto use) {
    Engine<kProbe> engine;
    exchange(engine, "GET", "/probe?a=%41");
    use(engine);
  };
  EXPECT_DEATH(use_after_end([](auto&) { std::fputs(std::string(escaped->query("a")).c_str(), stderr); }), "");
  EXPECT_DEATH(use_after_end([](auto& engine) {
                 escaped->abort();  // a write is detected when the pool reuses the object
                 exchange(engine, "GET", "/probe");
               }),
               "");
#if DUEL_POISON == DUEL_POISON_ASAN
  EXPECT_DEATH(use_after_end([](auto&) { std::fputs(std::string(escaped_view).c_str(), stderr); }), "poison");
#else
  EXPECT_EXIT(use_after_end([](auto&) { std::exit(escaped_view == "A" ? 0 : 3); }), ::testing::ExitedWithCode(3), "");
#endif
}

TEST(Discard, RemovesOnlyTheFieldsOfTheBody) {
  constexpr const char* kOfTheBody[] = {
      "Content-Type", "Content-Encoding", "Content-Language", "Content-Range", "Content-Disposition",
      "ETag",         "Last-Modified",    "Cache-Control",    "Expires",       "Location"};
  const Answer answer = probe("?", [&](Context& c) {
    for (const char* name : kOfTheBody) c.set_header(name, "x");
    c.set_header("X-Kept", "1");
    c.set_cookie({.name = "kept", .value = "1"});
    c.string(200, "text");
    c.discard_response();
    c.status(500);
  });
  for (const char* name : kOfTheBody) EXPECT_EQ(answer.field(name), "") << name;
  EXPECT_EQ(answer.field("X-Kept"), "1");
  EXPECT_EQ(answer.field("Set-Cookie"), "kept=1; Path=/");
  EXPECT_EQ(answer.body, "");
}

TEST(Discard, IsPossibleUntilBytesLeave) {
  const Answer answer = probe("?", [](Context& c) {
    c.json(200, H{{"a", 1}});
    EXPECT_TRUE(c.discard_response());
    EXPECT_FALSE(c.written());
    c.string(500, "instead");
  });
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "instead");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
  probe("?", [](Context& c) {
    c.write("x");
    EXPECT_FALSE(c.discard_response());
  });
}

}  // namespace
}  // namespace duel::gin::testing
