#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/echo/echo.h"
#include "router/echo/engine.h"
#include "router/echo/static_directory_handler.h"
#include "servers/demo/demo.h"
#include "servers/demo/list_length.h"
#include "servers/demo/refusals.h"
#include "servers/demo/route_text.h"
#include "servers/demo/users.h"

namespace duel::servers::demo {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kPlain = "text/plain";  // of answers without a route

// Context::string() and Context::json() keep a type that is set already. Theirs has UTF-8 in capital letters.
echo::Error answer_text(echo::Context& c, int status, std::string_view text) {
  c.response().header().set("Content-Type", kText);
  return c.string(status, text);
}

echo::Error answer_json(echo::Context& c, const echo::Value& value) {
  c.response().header().set("Content-Type", "application/json; charset=utf-8");
  return c.json(200, value);
}

echo::Error ping(echo::Context& c) {
  return answer_text(c, 200, "pong");
}

echo::Error json(echo::Context& c) {
  return answer_json(c, echo::Value::Map{{"message", "pong"}});
}

echo::Error list(echo::Context& c) {
  const auto length = parse_list_length(c.param("length"));
  if (!length) return answer_text(c, 400, kListLengthRefusal);
  echo::Value::List users;
  users.reserve(static_cast<size_t>(*length));
  for (int id = 1; id <= *length; ++id) users.emplace_back(echo::Value::Map{{"id", id}, {"name", "someone"}});
  return answer_json(c, std::move(users));
}

echo::Error show_user(echo::Context& c) {
  return answer_text(c, 200, c.param("id"));
}

echo::Error echo_body(echo::Context& c) {
  return c.blob(200, "application/octet-stream", c.request().body);
}

echo::HandlerFunc show_row(std::shared_ptr<sql::Pool> users) {
  return [users = std::move(users)](echo::Context& c) {
    echo::Error error;
    find_user(
        *users, c.param("id"),
        [&](const UserRow& row) {
          error = answer_json(
              c, echo::Value::Map{{"age", row.age}, {"email", row.email}, {"id", row.id}, {"name", row.name}});
        },
        [&](const Failure& failure) { error = answer_text(c, failure.status, failure.text); });
    return error;
  };
}

echo::HandlerFunc keep_item(std::shared_ptr<Items> items) {
  return [items = std::move(items)](echo::Context& c) {
    return answer_text(c, 200, std::to_string(items->keep(c.param("id"))) + " bytes");
  };
}

echo::Error show_route(echo::Context& c) {
  if (is_partial_put(*c.request().from)) return answer_text(c, 400, kPartialPutText);
  std::string text;
  describe_route(
      c.path(), [&](std::string_view piece) { text += piece; }, [&](std::string_view name) { return c.param(name); });
  return answer_text(c, 200, text);
}

// The methods that have a route for this path, as a value for Allow (RFC 9110 §10.2.1).
std::string methods_of(const echo::routing::Tree& router, std::string_view path) {
  std::string list;
  std::vector<std::string_view> values(router.max_params());
  for (int i = 0; i < http::kMethodCount; ++i) {
    const std::string_view method = http::method_name(static_cast<http::Method>(i));
    const echo::routing::Route* const route = router.find(method, path, values).route;
    if (route != nullptr && route->method == method) list.append(list.empty() ? "" : ", ").append(method);
  }
  return list;
}

// The handler of Echo's RouteNotFound. If the path has routes of other methods, it answers OPTIONS with Allow (RFC 9110
// §9.3.7) and other methods with 405 (§15.5.6), or with 501 if no route has the method (§9.1). Echo's own answers to
// OPTIONS and 405 list OPTIONS in Allow, which the other styles do not.
echo::HandlerFunc answer_no_route(const echo::routing::Tree& router) {
  return [&router](echo::Context& c) {
    const std::string methods = methods_of(router, echo::routed_path(c.request()));
    if (methods.empty()) return echo::not_found_error();
    c.response().header().set("Allow", methods);
    if (c.request().method == "OPTIONS") return c.no_content(204);
    if (c.request().from->method == http::Method::kOther) return c.blob(501, kPlain, kNotImplementedText);
    return c.blob(405, kPlain, "405 method not allowed");
  };
}

// Replaces Echo's error handler, which answers with JSON.
void answer_error(const echo::Error& error, echo::Context& c) {
  if (c.response().committed()) return;
  const echo::HttpError* const known = echo::find_http_error(error);
  if (known != nullptr && known->code() == 404) {
    c.blob(404, kPlain, "404 page not found");
  } else {
    c.blob(500, kPlain, error->text());
  }
}

// Adds routes. If a pattern ends with a wildcard, it also adds a route that answers 404. Without that route, Echo would
// give the whole rest of a path to a parameter at the end, and would itself answer 405 if other methods have the `*`.
class RouteAdder {
 public:
  explicit RouteAdder(echo::Echo& app) : no_route_(answer_no_route(app.router())) {
    app.route_not_found("/*", no_route_);
  }

  void add(echo::Routes& to, std::string_view method, std::string_view pattern,
           const echo::HandlerFunc& handler) const {
    to.add(method, pattern, handler);
    const std::string_view last = pattern.substr(pattern.rfind('/') + 1);
    if (last == "*") to.route_not_found(pattern, no_route_);
    if (last.starts_with(':')) to.route_not_found(std::string(pattern) + "/*", no_route_);
  }
  void add_get_and_head(echo::Routes& to, std::string_view pattern, const echo::HandlerFunc& handler) const {
    add(to, "GET", pattern, handler);
    add(to, "HEAD", pattern, handler);
  }

 private:
  echo::HandlerFunc no_route_;
};

void add_github_routes(echo::Echo& app, const RouteAdder& adder) {
#define DUEL_ROUTE(method, pattern, path) adder.add(app, #method, pattern, show_route);
#include "router/sets/github.inc"
#undef DUEL_ROUTE
}

std::shared_ptr<const echo::Echo> make_app(const Setup& setup) {
  auto app = std::make_shared<echo::Echo>();
  app->error_handler = answer_error;
  // Echo's serializer ends the text with a newline, which the other styles do not write.
  app->json_serializer = [](const echo::Value& value, std::string_view, std::string& to) { value.write_json(to); };
  const RouteAdder adder(*app);
  const echo::HandlerFunc show_file = echo::static_directory_handler(setup.files);
  echo::Group api = app->group("/api/v1");
  adder.add_get_and_head(*app, "/ping", ping);
  adder.add_get_and_head(*app, "/json", json);
  adder.add_get_and_head(*app, "/list/:length", list);
  adder.add(*app, "POST", "/echo", echo_body);
  adder.add_get_and_head(api, "/user/:id", show_user);
  adder.add_get_and_head(*app, "/static", show_file);
  adder.add_get_and_head(*app, "/static/*", show_file);
  adder.add_get_and_head(*app, "/fixed/css/site.css", ping);
  adder.add_get_and_head(*app, "/wild/*", ping);
  adder.add_get_and_head(*app, "/sql/user/:id", show_row(open_users(setup.options.data, OpenTime::kAtFirstRequest)));
  if (setup.items != nullptr) adder.add(*app, "GET", "/api/item/:id", keep_item(setup.items));
  add_github_routes(*app, adder);
  return app;
}

}  // namespace

http::HandlerFactory make_echo_demo(const Setup& setup) {
  return [app = make_app(setup)] { return std::make_unique<echo::Engine>(app); };
}

}  // namespace duel::servers::demo
