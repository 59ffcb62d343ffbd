// The examples of router/gin/README.md: compiled and run. tests/layout/pages.py compares them with the page.

#include <gtest/gtest.h>

#include <memory>

#include "http/server.h"
#include "router/gin/engine.h"
#include "router/gin/templates.h"
#include "tests/router/gin/exchange.h"

using namespace duel;

namespace {

void auth(gin::Context& c) {
  if (c.query("key").empty()) c.abort_with_status(401);
}
void first(gin::Context& c) {
  c.set_header("X-First", "1");
}
void second(gin::Context& c) {
  c.set_header("X-Second", "2");
}
void handler(gin::Context& c) {
  c.string(200, "handled");
}
void not_found(gin::Context& c) {
  c.string(404, "nothing here");
}

// The lines below are those of the page.
// clang-format off
struct Message {
  std::string_view message;
  static constexpr auto json_fields = gin::fields(gin::field("message", &Message::message));
};

void ping(gin::Context& c) { c.string(200, "pong"); }
void json(gin::Context& c) { c.json(200, Message{"pong"}); }        // or gin::H{{"message", "pong"}}
void user(gin::Context& c) { c.string(200, c.param("id")); }
void timing(gin::Context& c) { /* before */ c.next(); /* after */ }

inline constexpr auto kUsers = gin::routes(gin::get("/user/:id", user));
inline constexpr auto kApp = gin::router(
    gin::Options{.handle_method_not_allowed = true},                // optional; the defaults are Gin's
    gin::use(timing),
    gin::get("/ping", ping), gin::get("/json", json),
    gin::group("/api/v1", gin::use(auth), kUsers),
    gin::get("/x", first, second, handler),                         // a chain of handlers for one route
    gin::handle("PROPFIND", "/dav", handler), gin::any("/any", handler),
    gin::no_route(not_found));

struct Login {
  std::string_view user;
  int age = 0;
  std::span<const std::string_view> tags;
  static constexpr auto json_fields = gin::fields(gin::field("user", &Login::user, gin::required),
                                                  gin::field("age", &Login::age), gin::field("tags", &Login::tags));
};

void login(gin::Context& c) {
  Login login;
  if (!c.bind(login)) return;                       // 400 {"error":"age: must be a whole number"}, chain aborted
  c.set_cookie({.name = "user", .value = login.user, .max_age = std::chrono::hours(1), .http_only = true});
  c.string(200, "{} from {}", login.user, c.client_ip());
}

gin::Templates views;
gin::Page user_page(views, "user.html");            // <h1>{{name}}</h1>{{#admin}}<b>admin</b>{{/admin}}

void show(gin::Context& c) { c.html(200, user_page, gin::H{{"name", c.query("name")}, {"admin", true}}); }

void load_pages() { views.load_glob("views/*.html"); }      // called by main() before the server starts

[[maybe_unused]] void serve(const http::ServerOptions& options) {
http::Server server(options, [] { return std::make_unique<gin::Engine<kApp>>(/*pool=*/true); });
}
// clang-format on

constexpr auto kShow = gin::router(gin::get("/show", show));
constexpr auto kLogin = gin::router(gin::get("/login", login));

TEST(Readme, TheRoutesOfTheExampleAnswer) {
  gin::Engine<kApp> engine;
  const auto answer = [&](const char* method, const char* target) {
    return gin::testing::exchange(engine, method, target);
  };
  EXPECT_EQ(answer("GET", "/ping").body, "pong");
  EXPECT_EQ(answer("GET", "/json").body, R"({"message":"pong"})");
  EXPECT_EQ(answer("GET", "/api/v1/user/7").status, 401);
  EXPECT_EQ(answer("GET", "/api/v1/user/7?key=k").body, "7");
  EXPECT_EQ(answer("GET", "/x").body, "handled");
  EXPECT_EQ(answer("PROPFIND", "/dav").body, "handled");
  EXPECT_EQ(answer("PUT", "/any").body, "handled");
  EXPECT_EQ(answer("PUT", "/ping").status, 405);
  EXPECT_EQ(answer("GET", "/none").body, "nothing here");
}

TEST(Readme, TheExampleOfBindingAnswers) {
  gin::Engine<kLogin> engine;
  EXPECT_EQ(gin::testing::exchange(engine, "GET", "/login?user=ann&age=x").body,
            R"({"error":"age: must be a whole number"})");
  EXPECT_TRUE(gin::testing::exchange(engine, "GET", "/login?user=ann&age=7&tags=a").body.starts_with("ann from "));
}

TEST(Readme, TheExampleOfAPageAnswers) {
  EXPECT_THROW(load_pages(), gin::TemplateError) << "there are no such files";
  views.load({{"user.html", "<h1>{{name}}</h1>{{#admin}}<b>admin</b>{{/admin}}"}});
  gin::Engine<kShow> engine;
  EXPECT_EQ(gin::testing::exchange(engine, "GET", "/show?name=%3Ci%3E").body, "<h1>&lt;i&gt;</h1><b>admin</b>");
}

}  // namespace
