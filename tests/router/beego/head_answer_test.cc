#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "router/beego/app.h"
#include "router/beego/controller_class.h"
#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

// The answers to clients that wait for 100 Continue before they send a body.
namespace duel::beego {
namespace {

using testing::exchange;
using testing::FullRequest;

class PageController : public Controller {
 public:
  void error404() { output().body("not here"); }
  void upload() { output().body("done"); }
  static ControllerClass reflect() {
    return ControllerClass::of<PageController>("PageController")
        .method("Error404", &PageController::error404)
        .method("Upload", &PageController::upload);
  }
};

class HeadAnswer : public ::testing::TestWithParam<bool> {
 protected:
  HeadAnswer() {
    app_->post("/echo", [](Context& context) { context.output.body(context.input.body()); });
    app_->get("/page", [](Context& context) { context.output.body("page"); });
    app_->post("/wild/*", [](Context& context) { context.output.body("wild"); });
    app_->auto_router<PageController>();
  }

  // The status of the answer that the head decides; 100 if the client must send the body.
  int status_of_head(std::string method, std::string target, std::string length = "2", std::string type = "a/b") {
    const FullRequest request(
        method, target, {{"Expect", "100-continue"}, {"Content-Length", length}, {"Content-Type", std::move(type)}});
    std::array<char, 4096> block;
    http::Output output(block.data(), block.data() + block.size());
    const http::DateLine date(0);
    http::Response response(date);
    response.start(request.request(), output, true);
    Engine engine(app_, EngineOptions{.pool_context = GetParam()});
    if (!engine.answer_head(request.request(), response)) {
      EXPECT_TRUE(output.empty()) << "a part of an answer is written";
      return 100;
    }
    EXPECT_TRUE(response.ended());
    return response.status();
  }

  std::shared_ptr<App> app_ =
      std::make_shared<App>(AppOptions{.panic_log = nullptr, .max_memory_bytes = 1'000, .max_upload_bytes = 2'000});
};

TEST_P(HeadAnswer, NotOfARoute) {
  for (const char* target : {"/echo", "/echo/", "/echo?a=b", "/wild/a/b", "/page/upload", "/page/upload/1"}) {
    EXPECT_EQ(status_of_head("POST", target), 100) << target;
  }
  EXPECT_EQ(status_of_head("GET", "/page"), 100);
}

TEST_P(HeadAnswer, OfAPathWithoutARoute) {
  EXPECT_EQ(status_of_head("POST", "/none"), 404);
  EXPECT_EQ(status_of_head("POST", "/page"), 404);
  EXPECT_EQ(status_of_head("BREW", "/echo"), 405);
  EXPECT_EQ(status_of_head("POST", "/bad%zzescape"), 400);
}

TEST_P(HeadAnswer, OfALengthThatIsTooLarge) {
  EXPECT_EQ(status_of_head("POST", "/echo", "1000"), 100);
  EXPECT_EQ(status_of_head("POST", "/echo", "1001"), 413);
  EXPECT_EQ(status_of_head("POST", "/echo", "1001", "multipart/form-data; boundary=b"), 100);
  EXPECT_EQ(status_of_head("POST", "/echo", "2001", "multipart/form-data; boundary=b"), 413);
  EXPECT_EQ(status_of_head("POST", "/echo", "18446744073709551615"), 413);
  EXPECT_EQ(status_of_head("GET", "/page", "1001"), 100) << "Beego does not check the body of GET";
}

TEST_P(HeadAnswer, OfAnErrorPageOfTheApplication) {
  app_->error_handler("404", [](Context& context) { context.output.body("not here"); });
  EXPECT_EQ(status_of_head("POST", "/none"), 404);
}

// A controller may choose another status than 404.
TEST_P(HeadAnswer, NotOfAnErrorController) {
  app_->error_controller<PageController>();
  EXPECT_EQ(status_of_head("POST", "/none"), 100);
  EXPECT_EQ(status_of_head("POST", "/echo", "1001"), 413);
  EXPECT_EQ(status_of_head("BREW", "/none"), 405);
}

// They may read the body, answer, or change the path.
TEST_P(HeadAnswer, NotBeforeFiltersOfTheApplication) {
  const FilterPosition before[] = {FilterPosition::kBeforeStatic, FilterPosition::kBeforeRouter};
  app_->insert_filter("/*", before[GetParam() ? 0 : 1], [](Context&) {});
  EXPECT_EQ(status_of_head("POST", "/none"), 100);
}

TEST_P(HeadAnswer, NotBeforeAFilterChain) {
  app_->insert_filter_chain("/*", [](const HandlerFunction& next) { return next; });
  EXPECT_EQ(status_of_head("POST", "/none"), 100);
}

TEST_P(HeadAnswer, OfAFilterThatRunsOnlyForARoute) {
  app_->insert_filter("/*", FilterPosition::kBeforeExec, [](Context&) {});
  EXPECT_EQ(status_of_head("POST", "/none"), 404);
}

INSTANTIATE_TEST_SUITE_P(Contexts, HeadAnswer, ::testing::Bool());

}  // namespace
}  // namespace duel::beego
