#include "router/beego/engine.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/router/beego/exchange.h"
#include "tests/router/go_redirects.h"

namespace duel::beego {
namespace {

using testing::Answer;
using testing::exchange;
using testing::make_request;

class MainController : public Controller {
 public:
  void ping() { output().body("pong"); }
  void json() {
    data()["json"] = values::Map{{"message", "pong"}};
    serve_json();
  }
  void fail() { throw std::runtime_error("a mistake"); }
  void stop() {
    output().body("so far");
    stop_run();
  }
  void give_up() { abort("403"); }
  void get() override { output().body("got " + std::string(action_name())); }

  static ControllerClass reflect() {
    return ControllerClass::of<MainController>("MainController")
        .method("Ping", &MainController::ping)
        .method("Json", &MainController::json)
        .method("Fail", &MainController::fail)
        .method("Stop", &MainController::stop)
        .method("GiveUp", &MainController::give_up);
  }
};

class EngineTest : public ::testing::TestWithParam<bool> {
 protected:
  Answer send(std::string_view method, std::string_view target) { return send(make_request(method, target)); }
  Answer send(const http::Request& request) {
    if (!engine_) engine_.emplace(app_, EngineOptions{.pool_context = GetParam()});
    return exchange(*engine_, request);
  }
  std::string get(std::string_view target) { return send("GET", target).body; }

  std::shared_ptr<App> app_ = std::make_shared<App>();
  std::optional<Engine> engine_;
};

INSTANTIATE_TEST_SUITE_P(FreshAndPooledContext, EngineTest, ::testing::Bool());

TEST_P(EngineTest, ControllerMethodsAreFoundByName) {
  app_->router<MainController>("/ping", "get:Ping");
  app_->router("/both", MainController::reflect(), "get,head:Ping;*:Json");
  EXPECT_EQ(get("/ping"), "pong");
  EXPECT_EQ(send("POST", "/ping").status, 404) << "no POST tree has the route";
  EXPECT_EQ(get("/both"), "pong");
  EXPECT_EQ(send("POST", "/both").body, R"({"message":"pong"})");
}

TEST_P(EngineTest, WithoutMappingTheHttpMethodDecides) {
  app_->router<MainController>("/c");
  EXPECT_EQ(get("/c"), "got GET");
  const Answer post = send("POST", "/c");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.body, "Method Not Allowed\n");
  EXPECT_EQ(send("CONNECT", "/c").status, 405);
  EXPECT_EQ(send("TRACE", "/c").body, "\r\nTRACE /c HTTP/1.1\r\n");
}

TEST_P(EngineTest, ServeJsonSendsData) {
  app_->router<MainController>("/json", "get:Json");
  const Answer answer = send("GET", "/json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(answer.body, R"({"message":"pong"})");
}

TEST_P(EngineTest, AValueThatJsonCannotExpressIs500) {
  app_->get("/x", [](Context& context) { context.output.json(std::vector<int>{1}); });
  EXPECT_EQ(send("GET", "/x").status, 500);
}

TEST_P(EngineTest, ParametersComeFromPathQueryAndForm) {
  app_->get("/user/:id", [](Context& context) {
    std::string seen;
    for (const char* name : {":id", ":splat", "0", "1", "2"}) seen += std::string(context.input.param(name)) + "|";
    context.output.body(seen + std::string(context.input.query("q")));
  });
  EXPECT_EQ(get("/user/a%20b?q=x+y&q=2"), "a b|user/a b|user|a b||x y");
}

TEST_P(EngineTest, AFormBodyComesBeforeTheQuery) {
  app_->post("/form", [](Context& context) {
    context.output.body(std::string(context.input.query("a")) + std::string(context.input.query("b")));
  });
  http::Request request = make_request("POST", "/form?a=query&b=other");
  const std::string_view head = "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n";
  const http::FieldSpan span{.name_at = 0, .value_at = 14, .name_size = 12, .value_size = 48};
  request.fields = http::FieldList(head.data(), &span, 1);
  request.body = "a=body";
  EXPECT_EQ(send(request).body, "bodyother");
  request.query = "a=%zz";
  EXPECT_EQ(send(request).status, 400) << "beego 2.1.0 answers with 500";
}

TEST_P(EngineTest, AMissingRouteShowsTheErrorPageWhichCanBeReplaced) {
  const Answer plain = send("GET", "/none");
  EXPECT_EQ(plain.status, 404);
  EXPECT_NE(plain.body.find("<h1>404 Not Found</h1>"), std::string::npos);
  EXPECT_EQ(send("BREW", "/none").status, 405);
  app_->error_handler("404", [](Context& context) { context.output.body("nothing here"); });
  const Answer own = send("GET", "/none");
  EXPECT_EQ(own.status, 404);
  EXPECT_EQ(own.body, "nothing here");
}

TEST_P(EngineTest, ABrokenPathIsABadRequest) {
  EXPECT_EQ(send("GET", "/%zz").status, 400);
}

TEST_P(EngineTest, AnExceptionBecomes500AndTheNextRequestIsServed) {
  std::string told;
  app_ = std::make_shared<App>(
      AppOptions{.router_case_sensitive = true, .panic_log = [&](std::string_view path, std::string_view what) {
                   told = std::string(path) + ": " + std::string(what);
                 }});
  app_->router<MainController>("/fail", "get:Fail");
  app_->router<MainController>("/ping", "get:Ping");
  app_->get("/int", [](Context&) { throw 7; });
  EXPECT_EQ(send("GET", "/fail").status, 500);
  EXPECT_EQ(told, "/fail: a mistake");
  EXPECT_EQ(send("GET", "/int").status, 500);
  EXPECT_EQ(get("/ping"), "pong");
}

TEST_P(EngineTest, AbortShowsAPageAndStopRunSendsTheResponseSoFar) {
  app_->router<MainController>("/abort", "get:GiveUp");
  app_->router<MainController>("/stop", "get:Stop");
  app_->error_handler("403", [](Context& context) { context.output.body("go away"); });
  const Answer aborted = send("GET", "/abort");
  EXPECT_EQ(aborted.status, 403);
  EXPECT_EQ(aborted.body, "go away");
  EXPECT_EQ(get("/stop"), "so far");
}

TEST_P(EngineTest, RedirectsAreResolved) {
  app_->get("/a/b", [](Context& context) { context.redirect(302, std::string(context.input.query("to"))); });
  const Answer answer = send("GET", "/a/b?to=../c/%3fx=1");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.field("Location"), "/c/?x=1");
  EXPECT_EQ(answer.body, "<a href=\"/c/?x=1\">Found</a>.\n\n");
  EXPECT_EQ(send("GET", "/a/b?to=http://x/y").field("Location"), "http://x/y");
  EXPECT_EQ(send("GET", "/a/b?to=d").field("Location"), "/a/d");
}

TEST_P(EngineTest, RedirectsAreThoseOfGo) {
  std::string_view to;
  app_->get("/dir/page", [&](Context& context) { context.redirect(302, std::string(to)); });
  for (const auto& [location, sent] : kGoRedirects) {
    to = location;
    EXPECT_EQ(send("GET", "/dir/page").field("Location"), sent) << location;
  }
}

TEST_P(EngineTest, ARequestDoesNotSeeTheDataOfTheRequestBefore) {
  app_->get("/set/:x", [](Context& context) {
    context.input.set_data("seen", 1);
    context.output.set_status(201);
  });
  app_->get("/look", [](Context& context) {
    context.output.body(context.input.get_data("seen") == nullptr && context.input.param(":x").empty() ? "clean"
                                                                                                       : "not");
  });
  EXPECT_EQ(send("GET", "/set/1").status, 201);
  const Answer look = send("GET", "/look");
  EXPECT_EQ(look.status, 200);
  EXPECT_EQ(look.body, "clean");
}

// Records the calls of the engine.
class Witness : public Controller {
 public:
  explicit Witness(std::string& life) : life_(life) { life_ += "made "; }
  ~Witness() override { life_ += "gone"; }
  void init(Context& context, std::string_view name, std::string_view action) override {
    Controller::init(context, name, action);
    life_ += "init(" + std::string(controller_name()) + "," + std::string(action_name()) + ") ";
  }
  void prepare() override {
    life_ += "prepare ";
    if (input().query("early") == "1") output().body("early");
  }
  void finish() override { life_ += "finish "; }
  void act() {
    life_ += "act ";
    if (input().query("throw") == "1") throw std::runtime_error("in act");
  }

 private:
  std::string& life_;
};

class LifeTest : public EngineTest {
 protected:
  void SetUp() override {
    app_ = std::make_shared<App>(AppOptions{.auto_render = false});  // act() writes nothing
    auto make = [this] { return std::make_unique<Witness>(life_); };
    app_->router("/life", ControllerClass::of<Witness>("Witness", make).method("Act", &Witness::act), "get:Act");
  }
  std::string life_;
};

INSTANTIATE_TEST_SUITE_P(FreshAndPooledContext, LifeTest, ::testing::Bool());

TEST_P(LifeTest, AControllerIsMadeForEachRequest) {
  const std::string one_life = "made init(Witness,Act) prepare act finish gone";
  send("GET", "/life");
  EXPECT_EQ(life_, one_life);
  send("GET", "/life");
  EXPECT_EQ(life_, one_life + one_life);
}

TEST_P(LifeTest, AResponseInPrepareSkipsTheMethod) {
  EXPECT_EQ(send("GET", "/life?early=1").body, "early");
  EXPECT_EQ(life_, "made init(Witness,Act) prepare finish gone");
}

TEST_P(LifeTest, AnExceptionSkipsFinishButNotTheDestructor) {
  EXPECT_EQ(send("GET", "/life?throw=1").status, 500);
  EXPECT_EQ(life_, "made init(Witness,Act) prepare act gone");
}

}  // namespace
}  // namespace duel::beego
