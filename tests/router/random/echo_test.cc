// Random requests to an application in the Echo style that reads and repeats everything.

#include <gtest/gtest.h>

#include <any>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/static_directory.h"
#include "router/echo/engine.h"
#include "router/echo/middleware/method_override.h"
#include "router/echo/middleware/slash.h"
#include "router/echo/static_directory_handler.h"
#include "tests/e2e/random_content.h"
#include "tests/router/random/conversation.h"
#include "tests/temporary_directory.h"

namespace duel::echo {
namespace {

// --- handlers that read

Error read_all(Context& c) {
  Value::List texts;
  for (const std::string_view name : e2e::kFieldNames) {
    texts.emplace_back(c.has_query_param(name));
    texts.emplace_back(c.query_param(name));
    texts.emplace_back(c.param(name));
  }
  for (size_t i = 0; i < c.param_values().size(); ++i) {
    texts.emplace_back(Value::Map{{c.param_names()[i], c.param_values()[i]}});
  }
  const Request& request = c.request();
  for (const std::string_view text : {std::string_view(request.method), std::string_view(request.host), request.body,
                                      std::string_view(request.url.path), std::string_view(request.url.raw_path),
                                      std::string_view(request.url.raw_query), c.path(), routed_path(request)}) {
    texts.emplace_back(text);
  }
  for (const http::Field field : request.from->fields) texts.emplace_back(request.header(field.name));
  return c.json(200, std::move(texts));
}

// --- handlers that repeat a text of the client

std::string text_of(Context& c) {
  for (const std::string_view text : {c.query_param("note"), c.param("id")}) {
    if (!text.empty()) return std::string(text);
  }
  return std::string(c.request().body);
}

Error repeat_field(Context& c) {
  http::Response& fields = c.response().header();
  fields.set("X-Text", text_of(c));
  fields.add("X-Text", c.query_param("b"));
  fields.add(c.query_param("name"), "x");
  return c.string(200, fields.get("X-Text"));
}
Error repeat_redirect(Context& c) {
  return c.redirect(302, text_of(c));
}
Error repeat_type(Context& c) {
  return c.blob(200, text_of(c), c.request().body);
}
Error repeat_html(Context& c) {
  c.html(200, text_of(c));
  return c.html(200, c.query_param("b"));
}
Error repeat_map(Context& c) {
  return c.json_pretty(200, Value::Map{{text_of(c), 1}, {std::string(c.query_param("b")), 0.5}}, "  ");
}
Error repeat_error(Context& c) {
  const bool is_wrapped = c.has_query_param("x");
  return is_wrapped ? http_error(409, error(text_of(c))) : http_error(400, text_of(c), error(text_of(c)));
}
Error repeat_error_twice(Context& c) {
  c.error(http_error(418, text_of(c)));
  return http_error(400, text_of(c));
}
Error stay_silent(Context& c) {
  c.set(text_of(c), text_of(c));
  c.response().status = 202;
  return nullptr;
}

MiddlewareFunc pass_value() {
  return [](HandlerFunc next) -> HandlerFunc {
    return [next = std::move(next)](Context& c) {
      c.set("text", text_of(c));
      Error error = next(c);
      EXPECT_NE(c.get("text"), nullptr);
      return error;
    };
  };
}

// Changes the path, so that the lookup gets every text.
MiddlewareFunc rewrite() {
  return [](HandlerFunc next) -> HandlerFunc {
    return [next = std::move(next)](Context& c) {
      if (c.has_query_param("list")) c.request().url.path = text_of(c);
      if (c.has_query_param("map")) c.request().url.raw_path = text_of(c);
      return next(c);
    };
  };
}

constexpr std::pair<const char*, Error (*)(Context&)> kRoutes[] = {{"/read", read_all},
                                                                   {"/read/:id", read_all},
                                                                   {"/read/:id/*", read_all},
                                                                   {"/read/:id/:name/x", read_all},
                                                                   {"/field/:id", repeat_field},
                                                                   {"/redirect/:id", repeat_redirect},
                                                                   {"/type", repeat_type},
                                                                   {"/html/:id", repeat_html},
                                                                   {"/map/:id", repeat_map},
                                                                   {"/error/:id", repeat_error},
                                                                   {"/twice/:id", repeat_error_twice},
                                                                   {"/silent/:id", stay_silent}};

class RandomEcho : public ::testing::Test {
 protected:
  RandomEcho() {
    folder_.write("a.txt", "0123456789");
    folder_.write("folder/index.html", "<p>");
    files_ = std::make_unique<http::StaticDirectory>(folder_.path().string());
    for (const char* prefix : {"", "/guarded"}) {
      for (const auto& [pattern, handler] : kRoutes) patterns_.push_back(std::string(prefix) + pattern);
    }
    patterns_.insert(patterns_.end(),
                     {"/static/*rest", "/static/a.txt", "/static/folder", "/none/:id", "/guarded/none"});
  }

  std::shared_ptr<Echo> make_app(Options options) {
    auto app = std::make_shared<Echo>(options);
    Group guarded = app->group("/guarded", {pass_value()});
    for (const auto& [pattern, handler] : kRoutes) {
      app->any(pattern, handler);
      guarded.any(pattern, handler, {pass_value()});
    }
    app->get("/static/*", static_directory_handler(*files_));
    return app;
  }

  std::vector<std::string> patterns_;

 private:
  TemporaryDirectory folder_;
  std::unique_ptr<http::StaticDirectory> files_;
};

TEST_F(RandomEcho, RequestsAreNeverAServerError) {
  Engine engine(make_app({}));
  random::converse(engine, patterns_);
}

TEST_F(RandomEcho, RequestsAreNeverAServerErrorWithMiddleware) {
  const auto app = make_app({.debug = true});
  app->pre(middleware::method_override());
  app->pre(middleware::remove_trailing_slash());
  app->pre(rewrite());
  app->use(pass_value());
  app->route_not_found("/*", [](Context& c) { return c.string(404, c.path()); });
  Engine engine(app);
  random::converse(engine, patterns_);
}

TEST_F(RandomEcho, RequestsAreNeverAServerErrorWithRedirects) {
  const auto app = make_app({});
  app->pre(middleware::add_trailing_slash(301));
  app->get("/:id/", read_all);
  app->any("/read/:id/", read_all);
  patterns_.assign({"/read/:id/", "/read/:id", "/a/", "/:id/"});
  Engine engine(app);
  random::converse(engine, patterns_);
}

}  // namespace
}  // namespace duel::echo
