#include <memory>
#include <ranges>

#include "router/gin/engine.h"
#include "servers/demo/demo.h"
#include "servers/demo/list_length.h"
#include "servers/demo/refusals.h"
#include "servers/demo/route_text.h"
#include "servers/demo/users.h"

namespace duel::servers::demo {
namespace {

// Handlers are plain functions, so they share state through these variables, which are set before the first worker
// starts.
const http::StaticDirectory* static_files = nullptr;
sql::Pool* users = nullptr;
Items* items = nullptr;  // null without --scenario

struct Message {
  std::string_view message;
  static constexpr auto json_fields = gin::fields(gin::field("message", &Message::message));
};

struct User {
  int id = 0;
  std::string_view name;
  static constexpr auto json_fields = gin::fields(gin::field("id", &User::id), gin::field("name", &User::name));
};

struct Row {
  int64_t age;
  std::string_view email;
  int64_t id;
  std::string_view name;
  static constexpr auto json_fields = gin::fields(gin::field("age", &Row::age), gin::field("email", &Row::email),
                                                  gin::field("id", &Row::id), gin::field("name", &Row::name));
};

void ping(gin::Context& c) {
  c.string(200, "pong");
}

void json(gin::Context& c) {
  c.json(200, Message{"pong"});
}

void list(gin::Context& c) {
  const auto length = parse_list_length(c.param("length"));
  if (!length) return c.string(400, kListLengthRefusal);
  c.json(200, std::views::iota(1, *length + 1) | std::views::transform([](int id) { return User{id, "someone"}; }));
}

void echo(gin::Context& c) {
  c.data(200, "application/octet-stream", gin::stable(c.body()));
}

void show_user(gin::Context& c) {
  c.string(200, c.param("id"));
}

void show_row(gin::Context& c) {
  find_user(
      *users, c.param("id"),
      [&](const UserRow& row) {
        c.json(200, Row{row.age, row.email, row.id, row.name});
      },
      [&](const Failure& failure) { c.string(failure.status, failure.text); });
}

void show_file(gin::Context& c) {
  c.static_file(*static_files, c.param("filepath"));
  // Gin sends no body then. The demo has the same bytes in every style.
  if (c.status() == 404) c.data(404, "text/plain", "404 page not found");
}

void keep_item(gin::Context& c) {
  const size_t size = items->keep(c.param("id"));
  c.string(200, "{} bytes", size);
}

void show_route(gin::Context& c) {
  if (is_partial_put(c.request())) return c.string(400, kPartialPutText);
  describe_route(
      c.full_path(), [&](std::string_view piece) { c.string(200, piece); },
      [&](std::string_view name) { return c.param(name); });
}

// Gin has already set Allow. OPTIONS is answered with it (RFC 9110 §9.3.7). A method that no route has is 501 (§9.1);
// the other methods keep Gin's 405.
void answer_no_method(gin::Context& c) {
  if (c.request().method == http::Method::kOptions) c.status(204);
  if (c.request().method == http::Method::kOther) c.data(501, "text/plain", kNotImplementedText);
}

constexpr gin::Endpoint kGithub[] = {
#define DUEL_ROUTE(method, pattern, path) {#method, pattern},
#include "router/sets/github.inc"
#undef DUEL_ROUTE
};

constexpr auto get_and_head(std::string_view pattern, gin::Handler handler) {
  return gin::routes(gin::get(pattern, handler), gin::head(pattern, handler));
}

constexpr auto kApp = gin::router(
    gin::Options{.handle_method_not_allowed = true, .no_route_reads_body = false}, gin::no_method(answer_no_method),
    get_and_head("/ping", ping), get_and_head("/json", json), get_and_head("/list/:length", list),
    gin::post("/echo", echo), gin::group("/api/v1", get_and_head("/user/:id", show_user)),
    get_and_head("/static/*filepath", show_file), get_and_head("/fixed/css/site.css", ping),
    get_and_head("/wild/*rest", ping), get_and_head("/sql/user/:id", show_row), gin::all(kGithub, show_route));

// Routes are constants in this style, so the route of --scenario needs an application of its own.
constexpr auto kItemsApp = gin::router(gin::get("/api/item/:id", keep_item));

// Passes paths of items to the application of items, and all other paths to the demo.
class WithItems : public http::Handler {
 public:
  explicit WithItems(bool pool) : demo_(pool), items_(pool) {}

  void handle(const http::Request& request, http::Response& response) override {
    handler_of(request).handle(request, response);
  }
  bool answer_head(const http::Request& request, http::Response& response) override {
    return handler_of(request).answer_head(request, response);
  }

 private:
  http::Handler& handler_of(const http::Request& request) {
    if (request.path.starts_with("/api/item/")) return items_;
    return demo_;
  }

  gin::Engine<kApp> demo_;
  gin::Engine<kItemsApp> items_;
};

}  // namespace

http::HandlerFactory make_gin_demo(const Setup& setup) {
  static_files = &setup.files;
  const std::shared_ptr<sql::Pool> opened = open_users(setup.options.data, OpenTime::kAtFirstRequest);
  users = opened.get();
  items = setup.items.get();
  return [pool = setup.options.pool, opened, kept = setup.items]() -> std::unique_ptr<http::Handler> {
    if (kept != nullptr) return std::make_unique<WithItems>(pool);
    return std::make_unique<gin::Engine<kApp>>(pool);
  };
}

}  // namespace duel::servers::demo
