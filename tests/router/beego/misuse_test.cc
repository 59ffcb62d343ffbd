// Wrong requests and wrong uses by the application. Each case gets a response, and the next request works.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"
#include "tests/temporary_directory.h"

namespace duel::beego {
namespace {

using testing::Answer;
using testing::exchange;
using testing::FullRequest;

enum class Where { kInit, kPrepare, kMethod, kRender, kFinish };
enum class What { kException, kNumber, kAbort, kAbortText, kStop, kOutputThenException };

class Fails : public Controller {
 public:
  Fails(Where where, What what) : where_(where), what_(what) {}

  void init(Context& context, std::string_view name, std::string_view action) override {
    Controller::init(context, name, action);
    at(Where::kInit);
  }
  void prepare() override { at(Where::kPrepare); }
  void act() {
    at(Where::kMethod);
    if (where_ != Where::kRender) output().body("done");
  }
  void render() override { at(Where::kRender); }
  void finish() override { at(Where::kFinish); }

 private:
  void at(Where place) {
    if (place != where_) return;
    switch (what_) {
      case What::kException:
        throw std::runtime_error("on purpose");
      case What::kNumber:
        throw 42;
      case What::kAbort:
        abort("403");
      case What::kAbortText:
        custom_abort(418, "teapot");
      case What::kStop:
        stop_run();
      case What::kOutputThenException:
        output().body("so far");
        throw std::runtime_error("on purpose");
    }
  }

  Where where_;
  What what_;
};

using Case = std::tuple<Where, What, bool>;
class MisuseTest : public ::testing::TestWithParam<Case> {};

TEST_P(MisuseTest, TheRequestIsAnsweredAndTheNextOneWorks) {
  const auto [where, what, pooled] = GetParam();
  int logged = 0;
  auto app = std::make_shared<App>(AppOptions{.panic_log = [&](std::string_view, std::string_view) { ++logged; }});
  const auto make = [where = where, what = what] { return std::make_unique<Fails>(where, what); };
  app->router("/fails", ControllerClass::of<Fails>("Fails", make).method("Act", &Fails::act), "get:Act");
  app->get("/fine", [](Context& context) { context.output.body("fine"); });
  Engine engine(app, {.pool_context = pooled});
  const Answer answer = exchange(engine, "GET", "/fails");
  const bool written = where == Where::kFinish || what == What::kOutputThenException;  // then the response has begun
  const bool failed = what == What::kException || what == What::kNumber || what == What::kOutputThenException;
  EXPECT_EQ(logged, failed ? 1 : 0);
  if (what == What::kAbort) {
    EXPECT_EQ(answer.status, written ? 200 : 403);
  } else if (what == What::kAbortText) {
    EXPECT_EQ(answer.status, written ? 200 : 418);
    EXPECT_TRUE(answer.body.ends_with("teapot")) << answer.body;
  } else {
    EXPECT_EQ(answer.status, failed && !written ? 500 : 200);
  }
  if (where == Where::kFinish) {
    EXPECT_TRUE(answer.body.starts_with("done"));
  }
  EXPECT_EQ(exchange(engine, "GET", "/fine").body, "fine");
}

INSTANTIATE_TEST_SUITE_P(
    Everywhere, MisuseTest,
    ::testing::Combine(::testing::Values(Where::kInit, Where::kPrepare, Where::kMethod, Where::kRender, Where::kFinish),
                       ::testing::Values(What::kException, What::kNumber, What::kAbort, What::kAbortText, What::kStop,
                                         What::kOutputThenException),
                       ::testing::Bool()));

class HostileTest : public ::testing::Test {
 protected:
  Answer send(const FullRequest& request, HandlerFunction function) {
    auto app =
        std::make_shared<App>(AppOptions{.panic_log = nullptr, .max_memory_bytes = 1000, .max_upload_bytes = 2000});
    app->any("/", std::move(function));
    Engine engine(app);
    return exchange(engine, request);
  }
  Answer get(HandlerFunction function) { return send(FullRequest("GET", "/"), std::move(function)); }
};

TEST_F(HostileTest, NoValueSplitsTheResponse) {
  const std::string evil = "a\r\nX-Evil: 1\r\n\r\nbody";
  for (const HandlerFunction& function : std::vector<HandlerFunction>{
           [&](Context& c) { c.output.header("X-Good", evil); }, [&](Context& c) { c.output.header(evil, "v"); },
           [&](Context& c) { c.set_cookie(evil, "v"); },
           [&](Context& c) { c.set_cookie("n", evil, {.path = evil, .domain = evil, .same_site = evil}); },
           [&](Context& c) { c.set_secure_cookie("s", evil, evil); }, [&](Context& c) { c.redirect(302, "/" + evil); },
           [&](Context& c) { c.redirect(302, evil); }, [&](Context& c) { c.output.content_type(evil); }}) {
    const Answer answer = get(function);
    EXPECT_TRUE(answer.fields("X-Evil").empty()) << answer.head;
    EXPECT_EQ(answer.head.find("\r\n\r\n"), std::string::npos);
  }
}

// The fields of an answer have a limit. The client is to blame if they repeat its text (http/response.h).
TEST_F(HostileTest, LongTextOfTheClientIsNeverAServerError) {
  const TemporaryDirectory folder;
  const std::string file = folder.write("file.txt", "file");
  const std::vector<std::function<void(Context&, const std::string&)>> functions = {
      [](Context& c, const std::string& text) { c.redirect(302, "/" + text); },
      [](Context& c, const std::string& text) { c.redirect(301, text + "/"); },
      [](Context& c, const std::string& text) { c.set_cookie("n", text); },
      [](Context& c, const std::string& text) { c.set_secure_cookie("secret", "n", text); },
      [](Context& c, const std::string& text) { c.output.header("X-Echo", text); },
      [&](Context& c, const std::string& text) { c.output.download(file, c.request(), text); }};
  const std::string text(4'500, 'a');
  const auto twice = [](std::string_view once) { return std::string(once) + std::string(once); };
  for (size_t i = 0; i < functions.size(); ++i) {
    const auto query = [&](Context& c) { functions[i](c, twice(c.request().query)); };
    const auto field = [&](Context& c) { functions[i](c, twice(c.request().header("X"))); };
    EXPECT_EQ(send(FullRequest("GET", "/?" + text), query).status, 414) << i;
    EXPECT_EQ(send(FullRequest("GET", "/", {{"X", text}}), field).status, 431) << i;
    EXPECT_EQ(get([&](Context& c) { functions[i](c, twice(text)); }).status, 500) << i << ": the text is the server's";
  }
}

TEST_F(HostileTest, ARelativeRedirectStaysOnTheHost) {
  const auto redirect = [](Context& c) { c.redirect(302, "x"); };
  for (const auto& [target, location] : {std::pair("/%5Chost/a", "/%5chost/x"),
                                         {"/%09/host/a", "/%09/host/x"},
                                         {"/%0D%0A/host/a", "/%0d%0a/host/x"},
                                         {"//host/a", "/host/x"},
                                         {"/%2F/host/a", "/host/x"},
                                         {"/%2F%5Chost/a", "/%5chost/x"},
                                         {"/a%3Fb/c", "/a%3Fb/x"},
                                         {"/a%23b/c", "/a%23b/x"},
                                         {"/a%252Fb/c", "/a%252Fb/x"},
                                         {"/%7Fa/c", "/%7fa/x"}}) {
    auto app = std::make_shared<App>();
    app->any("/*", redirect);
    Engine engine(app);
    EXPECT_EQ(exchange(engine, "GET", target).field("Location"), location) << target;
  }
  EXPECT_EQ(get([](Context& c) { c.redirect(302, "/\\host/\t/"); }).field("Location"), "/%5chost/%09/");
  EXPECT_EQ(get([](Context& c) { c.redirect(302, "http://a\\@b/"); }).field("Location"), "http://a\\@b/")
      << "escaped, the host would be b for browsers";
}

TEST_F(HostileTest, LocationIsAscii) {
  EXPECT_EQ(get([](Context& c) { c.redirect(302, "/é x"); }).field("Location"), "/%c3%a9 x");
}

TEST_F(HostileTest, ABodyThatIsTooLargeIs413) {
  const auto ok = [](Context& c) { c.output.body("ok"); };
  EXPECT_EQ(send(FullRequest("POST", "/", {}, std::string(1000, 'x')), ok).status, 200);
  EXPECT_EQ(send(FullRequest("POST", "/", {}, std::string(1001, 'x')), ok).status, 413);
  const std::vector<std::pair<std::string, std::string>> upload = {{"Content-Type", "multipart/form-data; boundary=b"}};
  const std::string part = "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n";
  EXPECT_EQ(send(FullRequest("POST", "/", upload, part + std::string(1500, 'x') + "\r\n--b--"), ok).status, 200);
  EXPECT_EQ(send(FullRequest("POST", "/", upload, part + std::string(2000, 'x') + "\r\n--b--"), ok).status, 413);
}

constexpr std::string_view kBadPair = "the form holds a malformed escape or a semicolon\n";
const FullRequest kBrokenForm("POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}}, "%");

struct BrokenForm {
  std::string target;
  std::string content_type;
  std::string body;
  std::string_view reason;
};

std::vector<BrokenForm> broken_forms() {
  const std::string urlencoded = "application/x-www-form-urlencoded";
  const std::string multipart = "multipart/form-data; boundary=b";
  std::vector<BrokenForm> forms = {
      {"/?a=%zz", "text/plain", "", "the query holds a malformed escape or a semicolon\n"},
      {"/?a;b", urlencoded, "a=1", "the query holds a malformed escape or a semicolon\n"},
      {"/", "Multipart/Form-Data", "x", "Content-Type has no valid boundary\n"},
      {"/", multipart, "x", "the body ends before the form's last boundary\n"},
      {"/", multipart, "--b\n\n1\n--b--\n", "the lines of a form must end with CR and LF\n"},
  };
  for (const char* body : {";", "%", "a=%zz", "a=%", "%2", "a;b", "a=1&b=%f", "a=1&%0g=2"}) {
    forms.push_back({"/", urlencoded, body, kBadPair});
    forms.push_back({"/", "APPLICATION/x-www-form-URLENCODED ; charset=utf-8", body, kBadPair});
  }
  return forms;
}

TEST_F(HostileTest, ABrokenFormIs400WhereItIsReadAndNowhereElse) {
  const std::vector<HandlerFunction> readers = {
      [](Context& c) { c.output.body(c.input.query("a")); },
      [](Context& c) { c.input.queries("a"); },
      [](Context& c) { c.input.file("a"); },
      [](Context& c) { c.input.files("a"); },
      [](Context& c) {
        c.output.set_status(201);
        c.output.body("begun");
        c.input.query("a");
      },
  };
  for (const BrokenForm& form : broken_forms()) {
    SCOPED_TRACE(form.target + " " + form.content_type + " " + form.body);
    const FullRequest request("POST", form.target, {{"Content-Type", form.content_type}}, form.body);
    for (const HandlerFunction& reader : readers) {
      const Answer answer = send(request, reader);
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(answer.body, form.reason);
    }
    const Answer unread = send(request, [](Context& c) { c.output.body(c.input.body()); });
    EXPECT_EQ(unread.status, 200);
    const bool is_upload = form.content_type.find("ultipart") != std::string::npos;
    EXPECT_EQ(unread.body, is_upload ? "" : form.body) << "as in Beego, uploads are not copied";
  }
}

class FormController : public Controller {
 public:
  void post() override { output().body("posted"); }
  static ControllerClass reflect() { return ControllerClass::of<FormController>("FormController"); }
};

// Each part of the engine that can read the form before or after the route.
TEST_F(HostileTest, ABrokenFormIs400FromEveryPartOfTheApplication) {
  const auto read = [](Context& c) { c.input.query("a"); };
  const auto ok = [](Context& c) { c.output.body("ok"); };
  const auto expect_400 = [](const char* part, const std::function<void(App&)>& add, AppOptions options = {}) {
    SCOPED_TRACE(part);
    options.panic_log = [](std::string_view, std::string_view what) { ADD_FAILURE() << what; };
    auto app = std::make_shared<App>(std::move(options));
    app->any("/other", [](Context&) {});
    add(*app);
    Engine engine(app);
    const Answer answer = exchange(engine, kBrokenForm);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, kBadPair);
  };
  for (const FilterPosition position :
       {FilterPosition::kBeforeStatic, FilterPosition::kBeforeRouter, FilterPosition::kBeforeExec}) {
    expect_400("a filter before the handler", [&](App& app) {
      app.insert_filter("/*", position, read);
      app.any("/", ok);
    });
  }
  expect_400("a filter after the handler", [&](App& app) {
    app.insert_filter("/*", FilterPosition::kAfterExec, read, {.return_on_output = false});
    app.any("/", ok);
  });
  expect_400("a filter chain", [&](App& app) {
    app.insert_filter_chain("/*", [&](HandlerFunction) { return read; });
    app.any("/", ok);
  });
  expect_400("a page of an error", [&](App& app) {
    app.error_handler("405", read);
    app.any("/", [](Context& c) { c.show_error("405"); });
  });
  expect_400("the check of XSRF", [](App& app) { app.router<FormController>("/"); }, {.enable_xsrf = true});
}

TEST_F(HostileTest, ABrokenFormHasNoMethodAndAnApplicationCanHaveItsOwnPage) {
  auto app = std::make_shared<App>();
  app->router<FormController>("/");
  app->post("/read", [](Context& c) { c.input.query("a"); });
  app->error_handler("400", [](Context& c) { c.output.body("my page"); });
  Engine engine(app);
  const std::vector<std::pair<std::string, std::string>> form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_EQ(exchange(engine, FullRequest("POST", "/", form, "_method=PUT")).status, 405);
  const Answer posted = exchange(engine, FullRequest("POST", "/", form, "_method=PUT&%"));
  EXPECT_EQ(posted.status, 200);
  EXPECT_EQ(posted.body, "posted");
  EXPECT_EQ(exchange(engine, FullRequest("POST", "/none", form, "%")).status, 404);
  const Answer own = exchange(engine, FullRequest("POST", "/read", form, "%"));
  EXPECT_EQ(own.status, 400);
  EXPECT_EQ(own.body, "my page");
  app = std::make_shared<App>(AppOptions{.method_override = false});
  app->router<FormController>("/");
  Engine without(app);
  EXPECT_EQ(exchange(without, FullRequest("POST", "/", form, "_method=PUT")).body, "posted");
}

// Pages read the form to know a language, for example.
TEST_F(HostileTest, AnErrorPageThatReadsABrokenFormIs400) {
  const auto page = [](Context& c) { c.output.body("page " + std::string(c.input.query("lang"))); };
  const HandlerFunction routes[] = {[](Context& c) { c.input.query("a"); }, [](Context& c) { c.abort(404, "404"); },
                                    [](Context& c) { c.abort(422, "422"); }, [](Context& c) { c.show_error("404"); }};
  for (const bool in_chain : {false, true}) {
    for (const HandlerFunction& route : routes) {
      auto app = std::make_shared<App>(
          AppOptions{.panic_log = [](std::string_view, std::string_view what) { ADD_FAILURE() << what; }});
      for (const char* code : {"400", "404", "422"}) app->error_handler(code, page);
      app->any("/", route);
      if (in_chain) app->insert_filter_chain("/*", [&](HandlerFunction) { return routes[0]; });
      Engine engine(app);
      const Answer answer = exchange(engine, kBrokenForm);
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(answer.body, kBadPair);
    }
  }
}

// A page may end the request with StopRun, as controllers do.
TEST_F(HostileTest, APageForBrokenFormsMayStop) {
  for (const bool in_chain : {false, true}) {
    auto app = std::make_shared<App>();
    app->error_handler("400", [](Context& c) {
      c.output.body("stopped");
      throw StopRun();
    });
    const HandlerFunction read = [](Context& c) { c.input.query("a"); };
    app->any("/", read);
    if (in_chain) app->insert_filter_chain("/*", [&](HandlerFunction) { return read; });
    Engine engine(app);
    const Answer answer = exchange(engine, kBrokenForm);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.body, "stopped");
  }
}

TEST_F(HostileTest, AQueryOfAGetIsReadAsFarAsItIsValid) {
  EXPECT_EQ(send(FullRequest("GET", "/?a=%zz&b=1"), [](Context& c) { c.output.body(c.input.query("b")); }).body, "1");
}

TEST_F(HostileTest, FieldsTooLargeForTheCoreAre500) {
  EXPECT_EQ(get([](Context& c) { c.set_cookie("n", std::string(100'000, 'x')); }).status, 500);
}

TEST_F(HostileTest, AStatusThatDoesNotExistIs500) {
  for (const int status : {-1, 1, 99, 600, 100'000}) {
    const Answer answer = get([&](Context& c) {
      c.output.set_status(status);
      c.output.body("x");
    });
    EXPECT_EQ(answer.status, 500) << status;
  }
  EXPECT_EQ(get([](Context& c) { c.output.write_header(0); }).status, 500) << "beego 2.1.0 panics";
}

TEST(PanicLogTest, ALogLineStaysOneLine) {
  ::testing::internal::CaptureStderr();
  log_panic("/a\r\nbeego: /forged", "what\x1b[2J");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "beego: /a??beego: /forged: what?[2J\n");
}

}  // namespace
}  // namespace duel::beego
