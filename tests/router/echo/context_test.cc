#include "router/echo/context.h"

#include <gtest/gtest.h>

#include <string>

#include "router/echo/static_directory_handler.h"
#include "tests/router/echo/exchange.h"
#include "tests/temporary_directory.h"

// What a handler reads, and the answers that it gives.
namespace duel::echo {
namespace {

using testing::Answer;
using testing::engine_with;
using testing::exchange;
using testing::FullRequest;

// The answer of a handler for "/:id/*".
Answer answer_of(const HandlerFunc& handler, const std::string& target = "/7/a/b", Options options = {}) {
  const auto engine = engine_with([&](Echo& echo) { echo.any("/:id/*", handler); }, options);
  return exchange(*engine, "GET", target);
}

TEST(Context, HasTheParametersOfTheRoute) {
  answer_of([](Context& context) {
    EXPECT_EQ(context.path(), "/:id/*");
    EXPECT_EQ(context.param("id"), "7");
    EXPECT_EQ(context.param("*"), "a/b");
    EXPECT_EQ(context.param("none"), "");
    EXPECT_EQ(context.param_names().size(), 2U);
    EXPECT_EQ(context.param_values()[1], "a/b");
    return context.no_content(204);
  });
}

TEST(Context, RoutesByThePathAsSentIfItsEscapesAreUnusual) {
  const auto id_of = [](const std::string& target) {
    return answer_of([](Context& context) { return context.string(200, context.param("id")); }, target).body;
  };
  EXPECT_EQ(id_of("/a%20b/x"), "a b");
  EXPECT_EQ(id_of("/a%2Fb/x"), "a%2Fb");
  EXPECT_EQ(id_of("/%61/x"), "%61");
}

TEST(Context, HasTheRequest) {
  const auto engine = engine_with([](Echo& echo) {
    echo.post("/a", [](Context& context) {
      const Request& request = context.request();
      EXPECT_EQ(request.method, "POST");
      EXPECT_EQ(request.host, "b.com");
      EXPECT_EQ(request.url.raw_query, "q=1");
      EXPECT_EQ(request.header("x-name"), "ann");
      return context.blob(200, "application/octet-stream", request.body);
    });
  });
  const FullRequest request("POST", "/a?q=1", {{"Host", "b.com"}, {"X-Name", "ann"}}, "the body");
  EXPECT_EQ(exchange(*engine, request).body, "the body");
}

TEST(Context, DecodesQueryParameters) {
  const auto value_of = [](const std::string& query, bool has = true) {
    return answer_of(
               [&](Context& context) {
                 EXPECT_EQ(context.has_query_param("a b"), has) << query;
                 return context.string(200, context.query_param("a b"));
               },
               "/7/x?" + query)
        .body;
  };
  EXPECT_EQ(value_of("a+b=1+2"), "1 2");
  EXPECT_EQ(value_of("x=1&a%20b=%C3%A9&a+b=2"), "\xC3\xA9");
  EXPECT_EQ(value_of("a+b"), "");
  EXPECT_EQ(value_of("a+b=1;2", false), "") << "Go refuses semicolons";
  EXPECT_EQ(value_of("b=1", false), "");
  EXPECT_EQ(value_of("a+b=%zz"), "") << "malformed";
}

TEST(Context, AnswersWithTextHtmlAndBytes) {
  const Answer text = answer_of([](Context& context) { return context.string(201, "text"); });
  EXPECT_EQ(text.status, 201);
  EXPECT_EQ(text.field("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_EQ(text.body, "text");
  const Answer html = answer_of([](Context& context) { return context.html(200, "<p>"); });
  EXPECT_EQ(html.field("Content-Type"), "text/html; charset=UTF-8");
  const Answer blob = answer_of([](Context& context) { return context.blob(200, "image/png", "png"); });
  EXPECT_EQ(blob.field("Content-Type"), "image/png");
  const Answer none = answer_of([](Context& context) { return context.no_content(204); });
  EXPECT_EQ(none.status, 204);
  EXPECT_EQ(none.field("Content-Type"), "");
}

TEST(Context, KeepsATypeThatIsSet) {
  const Answer answer = answer_of([](Context& context) {
    context.response().header().set("Content-Type", "text/x");
    return context.string(200, "text");
  });
  EXPECT_EQ(answer.fields("Content-Type"), std::vector<std::string>{"text/x"});
}

TEST(Context, AppendsToTheBodyAndKeepsTheFirstStatus) {
  const Answer answer = answer_of([](Context& context) {
    context.string(201, "a");
    return context.html(500, "b");
  });
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "ab");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=UTF-8");
}

TEST(Context, AnswersWithJson) {
  const HandlerFunc handler = [](Context& context) { return context.json(200, Value::Map{{"a", 1}}); };
  EXPECT_EQ(answer_of(handler).body, "{\"a\":1}\n");
  EXPECT_EQ(answer_of(handler).field("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(answer_of(handler, "/7/x?pretty").body, "{\n  \"a\": 1\n}\n");
  EXPECT_EQ(answer_of(handler, "/7/x", {.debug = true}).body, "{\n  \"a\": 1\n}\n");
  const Answer pretty = answer_of([](Context& context) { return context.json_pretty(200, Value::List{1}, "\t"); });
  EXPECT_EQ(pretty.body, "[\n\t1\n]\n");
  EXPECT_EQ(answer_of([](Context& context) { return context.json_blob(200, "[1]"); }).body, "[1]");
}

TEST(Context, AnswersWithTheSerializerOfTheApplication) {
  const auto engine = engine_with([](Echo& echo) {
    echo.json_serializer = [](const Value& value, std::string_view indent, std::string& to) {
      to += std::string(indent) + "text of ";
      value.write_json(to);
    };
    echo.get("/a", [](Context& context) { return context.json(200, 7); });
  });
  EXPECT_EQ(exchange(*engine, "GET", "/a").body, "text of 7");
  EXPECT_EQ(exchange(*engine, "GET", "/a?pretty").body, "  text of 7");
}

TEST(Context, Redirects) {
  for (const int code : {300, 302, 308}) {
    const Answer answer = answer_of([&](Context& context) { return context.redirect(code, "/login"); });
    EXPECT_EQ(answer.status, code);
    EXPECT_EQ(answer.field("Location"), "/login");
  }
  for (const int code : {299, 309, 200}) {
    EXPECT_EQ(answer_of([&](Context& context) { return context.redirect(code, "/login"); }).status, 500) << code;
  }
}

class StaticDirectoryHandler : public ::testing::Test {
 protected:
  StaticDirectoryHandler() {
    directory_.write("a b.txt", "text");
    directory_.write("100%.txt", "percent");
    directory_.write("sub/index.html", "index");
    files_ = std::make_unique<http::StaticDirectory>(directory_.path().string());
    engine_ = engine_with([&](Echo& echo) {
      echo.get("/files", static_directory_handler(*files_));
      echo.get("/files/*", static_directory_handler(*files_));
    });
  }
  Answer ask(const char* target) { return exchange(*engine_, "GET", target); }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<http::StaticDirectory> files_;
  std::unique_ptr<Engine> engine_;
};

// The bytes of a file follow the output, so this exchange sees only its head.
TEST_F(StaticDirectoryHandler, SendsFiles) {
  EXPECT_EQ(ask("/files/a%20b.txt").field("Content-Length"), "4");
  EXPECT_EQ(ask("/files/%61%20b.txt").field("Content-Length"), "4") << "routed by the path as sent";
  EXPECT_EQ(ask("/files/100%25.txt").field("Content-Length"), "7") << "decoded once";
  EXPECT_EQ(ask("/files/sub/").field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask("/files/sub").status, 301);
  EXPECT_EQ(ask("/files").field("Location"), "files/");
}

TEST_F(StaticDirectoryHandler, ReturnsAnErrorIfThereIsNoFile) {
  for (const char* target : {"/files/none", "/files/../a%20b.txt", "/files/%2e%2e/x", "/files/"}) {
    EXPECT_EQ(ask(target).status, 404) << target;
    EXPECT_EQ(ask(target).body, "{\"message\":\"Not Found\"}\n");
  }
}

}  // namespace
}  // namespace duel::echo
