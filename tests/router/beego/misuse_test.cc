// Wrong requests and wrong uses by the application. Each case gets a response, and the next request works.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

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

TEST_F(HostileTest, ABrokenFormIs500) {
  const auto ok = [](Context& c) { c.output.body("ok"); };
  const std::vector<std::pair<std::string, std::string>> form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const char* body : {"a=%zz", "a=%", "%2", "a;b"}) {
    EXPECT_EQ(send(FullRequest("POST", "/", form, body), ok).status, 500) << body;
  }
  EXPECT_EQ(send(FullRequest("POST", "/", {{"Content-Type", "multipart/form-data"}}, "x"), ok).status, 500);
  EXPECT_EQ(send(FullRequest("POST", "/", {{"Content-Type", "multipart/form-data; boundary=b"}}, "--b\r\n"), ok).status,
            500);
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
