#include <gtest/gtest.h>

#include <memory>

#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego {
namespace {

using testing::exchange;

class FilterTest : public ::testing::Test {
 protected:
  void insert(FilterPosition position, const std::string& name, FilterOptions options = {}) {
    app_->insert_filter(
        "/*", position, [this, name](Context&) { trace_ += name + " "; }, options);
  }
  // Inserts a filter that begins the response.
  void insert_writer(FilterPosition position, FilterOptions options = {}) {
    const auto write = [this](Context& context) {
      trace_ += "writer ";
      context.write_string("early");
    };
    app_->insert_filter("/*", position, write, options);
  }
  testing::Answer send(std::string_view target) {
    trace_.clear();
    Engine engine(app_);
    return exchange(engine, "GET", target);
  }

  std::string trace_;
  std::shared_ptr<App> app_ = std::make_shared<App>();
};

TEST_F(FilterTest, RunAtTheirPositions) {
  insert(FilterPosition::kFinishRouter, "finish");
  insert(FilterPosition::kAfterExec, "after");
  insert(FilterPosition::kBeforeExec, "exec");
  insert(FilterPosition::kBeforeRouter, "router");
  insert(FilterPosition::kBeforeStatic, "static");
  app_->get("/x", [this](Context&) { trace_ += "handler "; });
  send("/x");
  EXPECT_EQ(trace_, "static router exec handler after finish ");
  send("/none");
  EXPECT_EQ(trace_, "static router ");
}

TEST_F(FilterTest, AResponseEndsTheHandling) {
  insert_writer(FilterPosition::kBeforeRouter);
  insert(FilterPosition::kBeforeRouter, "next");
  app_->get("/x", [this](Context&) { trace_ += "handler "; });
  EXPECT_EQ(send("/x").body, "early");
  EXPECT_EQ(trace_, "writer ");
}

TEST_F(FilterTest, WithoutReturnOnOutputTheHandlingContinues) {
  insert_writer(FilterPosition::kBeforeRouter, {.return_on_output = false, .reset_params = false});
  insert(FilterPosition::kAfterExec, "skipped");
  insert(FilterPosition::kFinishRouter, "kept", {.return_on_output = false, .reset_params = false});
  app_->get("/x", [](Context& context) { context.write_string(" late"); });
  EXPECT_EQ(send("/x").body, "early late");
  EXPECT_EQ(trace_, "writer ") << "the filter \"skipped\" does not run, and ends the handling";
}

TEST_F(FilterTest, ParametersOfAFilterStayUnlessReset) {
  for (const bool reset : {false, true}) {
    app_ = std::make_shared<App>();
    const auto set = [](Context& context) { context.input.params().set(":set", "by filter"); };
    app_->insert_filter("/user/:name", FilterPosition::kBeforeExec, set,
                        {.return_on_output = true, .reset_params = reset});
    app_->get("/user/:id", [](Context& context) {
      context.write_string(std::string(context.input.param(":name")) + std::string(context.input.param(":set")) +
                           std::string(context.input.param(":id")));
    });
    EXPECT_EQ(send("/user/7").body, reset ? "7" : "7by filter7");
  }
}

TEST_F(FilterTest, AReplacedPathIsRouted) {
  const auto rewrite = [](Context& context) { context.input.set_url("/new/place"); };
  app_->insert_filter("/old%20one/*", FilterPosition::kBeforeRouter, rewrite);
  app_->insert_filter("/old one/*", FilterPosition::kBeforeRouter, rewrite);
  insert(FilterPosition::kBeforeExec, "exec");
  app_->get("/new/place", [](Context& context) { context.write_string("here"); });
  EXPECT_EQ(send("/old%20one/x").body, "here") << "patterns are matched with the decoded path";
  EXPECT_EQ(trace_, "exec ");
}

TEST_F(FilterTest, AChainMayAnswerWithoutTheRest) {
  app_->insert_filter_chain("/private/*", [](HandlerFunction) -> HandlerFunction {
    return [](Context& context) { context.show_error("403"); };
  });
  app_->any("/private/x", [this](Context&) { trace_ += "handler "; });
  EXPECT_EQ(send("/private/x").status, 403);
  EXPECT_EQ(trace_, "");
  EXPECT_EQ(send("/public").status, 404);
}

TEST_F(FilterTest, AChainMayEndTheHandlingAsEveryOtherPart) {
  app_->any("/*", [](Context&) {});
  const auto add = [this](const std::string& pattern, const HandlerFunction& act) {
    app_->insert_filter_chain(pattern, [act](HandlerFunction) { return act; });
  };
  add("/page", [](Context& context) { context.abort(403, "403"); });
  add("/text", [](Context& context) { context.abort(403, "no page"); });
  add("/stop", [](Context& context) {
    context.output.write_header(418);
    throw StopRun();
  });
  add("/token", [](Context& context) { context.check_xsrf_cookie(); });
  add("/busy", [](Context& context) {
    context.output.set_status(503);
    throw std::runtime_error("busy");
  });
  add("/mistake", [](Context&) { throw 7; });
  for (const auto& [target, status] :
       {std::pair("/page", 403), {"/text", 403}, {"/stop", 418}, {"/token", 422}, {"/busy", 503}, {"/mistake", 500}}) {
    EXPECT_EQ(send(target).status, status) << target;
  }
}

TEST_F(FilterTest, ALateRedirectAddsItsPageUnlessABodyBeganTheResponse) {
  app_->get("/x", [](Context& context) { context.write_string("page "); });
  app_->insert_filter("/*", FilterPosition::kAfterExec, [](Context& context) { context.redirect(302, "/login"); },
                      {.return_on_output = false});
  EXPECT_EQ(send("/x").body, "page ");
  app_->insert_filter("/*", FilterPosition::kBeforeExec, [](Context& context) { context.output.write_header(418); },
                      {.return_on_output = false});
  EXPECT_EQ(send("/x").body, "page <a href=\"/login\">Found</a>.\n\n");
}

TEST_F(FilterTest, PathsMayIgnoreCase) {
  app_ = std::make_shared<App>(AppOptions{.router_case_sensitive = false});
  app_->get("/ÜBER/:Name", [](Context& context) { context.write_string(context.input.param(":name")); });
  EXPECT_EQ(send("/%C3%BCber/BoB").body, "bob");
}

}  // namespace
}  // namespace duel::beego
