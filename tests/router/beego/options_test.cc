// Options of an application and of its engine: static folders, compression, copies of bodies, exceptions, sessions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "http/gzip.h"
#include "http/start_error.h"
#include "router/beego/engine.h"
#include "router/beego/session/memory_provider.h"
#include "tests/router/beego/exchange.h"
#include "tests/temporary_directory.h"

namespace duel::beego {
namespace {

using testing::Answer;
using testing::FullRequest;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Fields = std::vector<std::pair<std::string, std::string>>;

// The text in the format gzip, in one block that is stored (RFC 1951 §3.2.4); the sum is that of "hello".
const std::string kGzippedHello("\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0", 28);

class OptionsTest : public ::testing::Test {
 protected:
  App& app(AppOptions options = {}) {
    app_ = std::make_shared<App>(std::move(options));
    return *app_;
  }
  Answer send(const std::string& method, const std::string& target, const Fields& fields = {},
              const std::string& body = {}) {
    if (!engine_) engine_.emplace(app_);
    return exchange(*engine_, FullRequest(method, target, fields, body));
  }

  std::shared_ptr<App> app_;
  std::optional<Engine> engine_;
};

class StaticPathTest : public OptionsTest {
 protected:
  StaticPathTest() {
    folder_.write("a.txt", "file");
    folder_.write("robots.txt", "nobody");
    folder_.write("site.css", std::string(500, 'p'));
    folder_.write("sub/one.txt", "1");
    folder_.write("sub/a:b<.txt", "2");
    folder_.write("sub/.hidden", "3");
    folder_.write("pages/index.html", "index");
  }

  // The length of a file; its bytes are sent by the core, which is not here.
  std::string size(const std::string& target) { return send("GET", target).field("Content-Length"); }

  TemporaryDirectory folder_;
};

TEST_F(StaticPathTest, AFileComesBeforeTheRoutesAndOnlyForGetAndHead) {
  app().set_static_path("/static/", folder_.path());
  app_->any("/static/*", [](Context& context) { context.output.body("route"); });
  EXPECT_EQ(size("/static/a.txt"), "4");
  EXPECT_EQ(size("/x/../static/./a.txt"), "4");
  EXPECT_EQ(send("GET", "/static/none").body, "route");
  EXPECT_EQ(send("POST", "/static/a.txt").body, "route");
  EXPECT_EQ(send("GET", "/staticsub/a.txt").status, 404);
  EXPECT_EQ(send("GET", "/static/../a.txt").status, 404);
  EXPECT_EQ(size("/robots.txt"), "6") << "of every static folder";
}

TEST_F(StaticPathTest, ADirectoryIsForbiddenUnlessItHasAnIndex) {
  app().set_static_path("/static", folder_.path());
  for (const char* target : {"/static", "/static/sub", "/static/sub/", "/static/pages"}) {
    EXPECT_EQ(send("GET", target).status, 403) << target;
  }
  EXPECT_EQ(size("/static/pages/"), "5");
}

TEST_F(StaticPathTest, ADirectoryIsListedIfTheOptionSaysSo) {
  app({.directory_index = true}).set_static_path("/static", folder_.path());
  const Answer moved = send("GET", "/static/sub?a=b");
  EXPECT_EQ(moved.status, 302);
  EXPECT_EQ(moved.field("Location"), "/static/sub/?a=b");
  const Answer listed = send("GET", "/static/sub/");
  EXPECT_EQ(listed.status, 200);
  EXPECT_THAT(listed.body, HasSubstr("<a href=\"./a:b%3C.txt\">a:b&lt;.txt</a>\n<a href=\"one.txt\">one.txt</a>\n"));
  EXPECT_THAT(listed.body, Not(HasSubstr("hidden")));
}

TEST_F(StaticPathTest, StyleSheetsAndScriptsAreCompressed) {
  app({.enable_gzip = true}).set_static_path("/static", folder_.path());
  const Answer packed = send("GET", "/static/site.css", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.field("Vary"), "Accept-Encoding");
  EXPECT_THAT(packed.field("ETag"), StartsWith("W/"));
  std::string plain;
  EXPECT_EQ(http::gunzip(packed.body, 500, plain), http::Gunzip::kDecoded);
  EXPECT_EQ(plain, std::string(500, 'p'));
  EXPECT_EQ(send("GET", "/static/site.css", {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-1"}}).status, 206);
  EXPECT_EQ(send("GET", "/static/a.txt", {{"Accept-Encoding", "gzip"}}).field("Content-Encoding"), "");
}

// As in Beego, only Output::body() compresses.
TEST_F(OptionsTest, AnswersWithoutABodyOfOutputAreNotCompressed) {
  app({.enable_gzip = true}).get("/body", [](Context& context) { context.output.body(std::string(500, 'y')); });
  app_->get("/text", [](Context& context) { context.write_string(std::string(500, 'y')); });
  const Fields accepted{{"Accept-Encoding", "gzip"}};
  EXPECT_EQ(send("GET", "/body", accepted).field("Content-Encoding"), "gzip");
  for (const char* target : {"/text", "/none"}) {
    const Answer plain = send("GET", target, accepted);
    EXPECT_EQ(plain.field("Content-Encoding"), "") << target;
    EXPECT_EQ(plain.field("Vary"), "") << target;
  }
}

TEST_F(StaticPathTest, AFolderThatIsNotThereCannotBeServed) {
  EXPECT_THROW(app().set_static_path("/static", folder_.path() / "none"), http::StartError);
}

// RFC 9110 §13.1.2, §13.1.3, §13.2.2.
TEST_F(StaticPathTest, ConditionsOfOtherMethodsAreNotThoseOfGet) {
  app().any("/file", [&](Context& context) { context.output.download(folder_.path() / "a.txt", context.request()); });
  const auto status = [&](const std::string& method, const std::string& field, const std::string& value) {
    return send(method, "/file", {{field, value}}).status;
  };
  const std::string later = "Wed, 01 Jan 2200 00:00:00 GMT";
  EXPECT_EQ(status("GET", "If-None-Match", "*"), 304);
  EXPECT_EQ(status("HEAD", "If-None-Match", "*"), 304);
  EXPECT_EQ(status("POST", "If-None-Match", "*"), 412);
  EXPECT_EQ(status("POST", "If-None-Match", "\"x\""), 200);
  EXPECT_EQ(status("GET", "If-Modified-Since", later), 304);
  EXPECT_EQ(status("POST", "If-Modified-Since", later), 200) << "ignored";
  EXPECT_EQ(send("GET", "/file", {{"Range", "bytes=9-"}}).field("Cache-Control"), "")
      << "of the file, not of the refusal";
}

class BodyTest : public OptionsTest {
 protected:
  std::string read(const std::string& method, const Fields& fields, const std::string& body) {
    const Answer answer = send(method, "/", fields, body);
    return answer.status == 200 ? answer.body : std::to_string(answer.status);
  }
  void echo() {
    app_->any("/", [](Context& context) {
      const std::string body(context.input.body());
      context.output.body(body + "|" + std::string(context.input.query("a")));
    });
  }
  const Fields form_{{"Content-Type", "application/x-www-form-urlencoded"}};
};

TEST_F(BodyTest, IsCopiedForMethodsWithABody) {
  app();
  echo();
  EXPECT_EQ(read("POST", form_, "a=1"), "a=1|1");
  EXPECT_EQ(read("DELETE", {}, "text"), "text|");
  EXPECT_EQ(read("GET", {}, "text"), "|");
}

TEST_F(BodyTest, StaysInTheFormIfItIsNotCopied) {
  app({.copy_request_body = false, .max_memory_bytes = 4});
  echo();
  EXPECT_EQ(read("POST", form_, "a=1"), "|1");
  EXPECT_EQ(read("POST", form_, "a=123"), "413");
  EXPECT_EQ(read("POST", {}, "long text"), "|") << "nobody reads it";
}

TEST_F(BodyTest, IsDecodedFromGzip) {
  app({.max_memory_bytes = 100});
  echo();
  const Fields gzip{{"Content-Encoding", "gzip"}};
  EXPECT_EQ(read("POST", gzip, kGzippedHello), "hello|");
  EXPECT_EQ(read("POST", gzip, kGzippedHello + kGzippedHello), "hellohello|") << "two members";
  EXPECT_EQ(read("POST", gzip, ""), "|");
  for (const std::string& broken : {std::string("plain"), kGzippedHello.substr(0, 20), kGzippedHello + "x"}) {
    EXPECT_EQ(read("POST", gzip, broken), "400") << broken;
  }
}

TEST_F(BodyTest, ThatIsLargerThanTheLimitOnceDecodedIs413) {
  app({.max_memory_bytes = 40});
  echo();
  const auto hellos = [&](int times) {
    std::string body;
    for (int i = 0; i < times; ++i) body += kGzippedHello;
    return body;
  };
  std::string plain;
  EXPECT_EQ(http::gunzip(hellos(3), 15, plain), http::Gunzip::kDecoded);
  plain.clear();
  EXPECT_EQ(http::gunzip(hellos(3), 14, plain), http::Gunzip::kTooLarge);
  EXPECT_EQ(read("POST", {{"Content-Encoding", "gzip"}}, hellos(1)), "hello|");
}

class Failing : public OptionsTest {
 protected:
  void add_routes() {
    app_->get("/throw", [](Context&) { throw std::runtime_error("a <mistake>"); });
    app_->get("/late", [](Context& context) {
      context.output.body("begun");
      throw std::runtime_error("late");
    });
    app_->get("/abort", [](Context& context) { context.abort(403, "403"); });
  }
};

TEST_F(OptionsTest, AnErrorPageExplainsAndDoesNotNameTheProduct) {
  app();
  const Answer answer = send("GET", "/none");
  EXPECT_EQ(answer.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(answer.body, HasSubstr("<h1>404 Not Found</h1><p>This server has nothing at this address.</p>"));
  EXPECT_THAT(answer.body, Not(HasSubstr("beego")));
}

TEST_F(OptionsTest, AnErrorPageKeepsTheTypeThatTheHandlerHasChosen) {
  app().get("/css", [](Context& context) {
    context.output.header("Content-Type", "text/css");
    context.abort(403, "403");
  });
  app_->get("/begun", [](Context& context) {
    context.write_string("begun");
    context.abort(403, "403");
  });
  EXPECT_EQ(send("GET", "/css").field("Content-Type"), "text/css");
  EXPECT_EQ(send("GET", "/begun").field("Content-Type"), "");
}

TEST_F(OptionsTest, TheServerIsNamedOnlyInDevelopment) {
  app({.run_mode = "dev", .server_name = "beegoServer:2.0.0"}).get("/", [](Context&) {});
  EXPECT_EQ(send("GET", "/").field("Server"), "beegoServer:2.0.0");
  EXPECT_EQ(send("GET", "/none").field("Server"), "beegoServer:2.0.0");
  engine_.reset();
  app({.server_name = "beegoServer:2.0.0"}).get("/", [](Context&) {});
  EXPECT_EQ(send("GET", "/").field("Server"), "");
  engine_.reset();
  app({.run_mode = "dev"}).get("/", [](Context&) {});
  EXPECT_EQ(send("GET", "/").field("Server"), "");
}

TEST_F(Failing, ShowsTheExceptionOnlyInDevelopment) {
  app({.run_mode = "dev", .app_name = "shop", .panic_log = {}});
  add_routes();
  const Answer answer = send("GET", "/throw?a=b+c");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, HasSubstr("<h1>shop: a &lt;mistake&gt;</h1>"));
  EXPECT_THAT(answer.body, HasSubstr("<dd>/throw?a=b+c</dd>"));
  EXPECT_EQ(send("GET", "/late").body, "begun");
  engine_.reset();
  app({.panic_log = {}});
  add_routes();
  EXPECT_EQ(send("GET", "/throw").body, "");
}

TEST_F(Failing, AnswersWithTheStatusAloneIfErrorsAreNotShown) {
  app({.panic_log = {}, .errors_show = false});
  add_routes();
  const Answer answer = send("GET", "/abort");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "");
  EXPECT_THAT(send("GET", "/none").body, HasSubstr("404")) << "pages of the framework are shown";
}

TEST_F(Failing, LeavesExceptionsToTheCoreIfItDoesNotRecover) {
  app({.panic_log = {}, .recover_panic = false});
  add_routes();
  EXPECT_THROW(send("GET", "/throw"), std::runtime_error);
  EXPECT_EQ(send("GET", "/abort").status, 403);
}

TEST_F(OptionsTest, SessionsCanBeStartedInEveryRequest) {
  const auto manager = std::make_shared<session::Manager>(std::make_shared<session::MemoryProvider>());
  app().use_sessions(manager, SessionStart::kEveryRequest);
  app_->get("/", [](Context& context) { context.output.body("x"); });
  EXPECT_THAT(send("GET", "/").field("Set-Cookie"), StartsWith("beegosessionID="));
  EXPECT_THAT(send("GET", "/none").field("Set-Cookie"), StartsWith("beegosessionID="));
  app_->use_sessions(manager);
  EXPECT_EQ(send("GET", "/").field("Set-Cookie"), "");
}

TEST_F(OptionsTest, ASessionsCookieCanBeLeftToTheProgram) {
  app().use_sessions(std::make_shared<session::Manager>(std::make_shared<session::MemoryProvider>(),
                                                        session::SessionCookie{.is_set = false}),
                     SessionStart::kEveryRequest);
  app_->get("/", [](Context& context) { context.output.body(context.start_session().id()); });
  const Answer answer = send("GET", "/");
  EXPECT_EQ(answer.body.size(), 32U);
  EXPECT_EQ(answer.field("Set-Cookie"), "");
}

}  // namespace
}  // namespace duel::beego
