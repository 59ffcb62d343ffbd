#include <algorithm>
#include <memory>
#include <string>

#include "router/beego/app.h"
#include "router/beego/controller_class.h"
#include "router/beego/engine.h"
#include "router/beego/json.h"
#include "router/beego/orm/orm.h"
#include "router/beego/session/memory_provider.h"
#include "router/beego/session/sqlite_provider.h"
#include "servers/demo.h"
#include "servers/list_length.h"
#include "servers/log.h"
#include "servers/route_text.h"

namespace duel::servers {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";

class MainController : public beego::Controller {
 public:
  void ping() {
    output().header("Content-Type", kText);
    output().body("pong");
  }

  void json() {
    data()["json"] = beego::Map{{"message", std::string("pong")}};
    serve_json();
  }

  void list() {
    const auto length = parse_list_length(input().param(":length"));
    if (!length) {
      output().set_status(400);
      output().header("Content-Type", kText);
      return output().body(std::string(kListLengthRefusal));
    }
    beego::List users;
    for (int id = 1; id <= *length; ++id) users.emplace_back(beego::Map{{"id", id}, {"name", std::string("someone")}});
    data()["json"] = std::move(users);
    serve_json();
  }

  void echo() {
    output().header("Content-Type", "application/octet-stream");
    output().body(input().body());
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<MainController>("MainController")
        .method("Ping", &MainController::ping)
        .method("JSON", &MainController::json)
        .method("List", &MainController::list)
        .method("Echo", &MainController::echo);
  }
};

class UserController : public beego::Controller {
 public:
  void show() {
    output().header("Content-Type", kText);
    output().body(input().param(":id"));
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<UserController>("UserController").method("Show", &UserController::show);
  }
};

// A user as JSON, written the same way whichever way it was read, so that the two differ in nothing else.
class RowController : public beego::Controller {
 protected:
  void answer(const UserRow& user) {
    std::string text = "{\"age\":" + std::to_string(user.age) + ",\"email\":";
    beego::append_json_text(user.email, text);
    text += ",\"id\":" + std::to_string(user.id) + ",\"name\":";
    beego::append_json_text(user.name, text);
    text += "}";
    output().header("Content-Type", "application/json; charset=utf-8");
    output().body(text);
  }
  void refuse(const Failure& failure) {
    output().header("Content-Type", kText);
    output().set_status(failure.status);
    output().body(failure.text);
  }
};

class SqlController : public RowController {
 public:
  explicit SqlController(sql::Pool& pool) : pool_(pool) {}

  void show() {
    find_user(
        pool_, input().param(":id"), [this](const UserRow& row) { answer(row); },
        [this](const Failure& failure) { refuse(failure); });
  }

  static beego::ControllerClass reflect(sql::Pool& pool) {
    return beego::ControllerClass::of<SqlController>("SqlController",
                                                     [&pool] { return std::make_unique<SqlController>(pool); })
        .method("Show", &SqlController::show);
  }

 private:
  sql::Pool& pool_;
};

struct User {
  int64_t id = 0;
  std::string name;
  std::string email;
  int64_t age = 0;

  static beego::orm::Model reflect() {
    return beego::orm::Model::of<User>("user")
        .auto_pk("id", &User::id)
        .field("name", &User::name)
        .field("email", &User::email)
        .field("age", &User::age);
  }
};

class OrmController : public RowController {
 public:
  explicit OrmController(const beego::orm::Database& database) : database_(database) {}

  void show() {
    User user;
    if (!read_id(input().param(":id"), user.id)) return refuse(kBadId);
    try {
      const auto orm = database_.new_orm();
      if (!orm->read(user, {"id"})) return refuse(kNoUser);
    } catch (const sql::Error& error) {
      return refuse(failure_of(error));
    }
    answer({user.age, user.email, user.id, user.name});
  }

  static beego::ControllerClass reflect(const beego::orm::Database& database) {
    return beego::ControllerClass::of<OrmController>("OrmController",
                                                     [&database] { return std::make_unique<OrmController>(database); })
        .method("Show", &OrmController::show);
  }

 private:
  const beego::orm::Database& database_;
};

class SessionController : public beego::Controller {
 public:
  void get() override {
    const beego::session::Value before = get_session("visits");
    const auto* const count = std::get_if<int64_t>(&before);
    const int64_t visits = count == nullptr ? 1 : *count + 1;
    set_session("visits", visits);
    answer(std::to_string(visits));
  }
  void post() override {
    session_regenerate_id();
    answer("renewed");
  }
  void del() override {
    destroy_session();
    answer("ended");
  }

  static beego::ControllerClass reflect() { return beego::ControllerClass::of<SessionController>("SessionController"); }

 private:
  void answer(std::string_view text) {
    output().header("Content-Type", kText);
    output().body(text);
  }
};

class FileController : public beego::Controller {
 public:
  explicit FileController(const http::StaticDirectory& files) : files_(files) {}

  // Not by :splat, which has lost a slash at the end: a folder's path.
  void show() {
    std::string_view path = input().url();
    path.remove_prefix(std::min(path.size(), kPrefix.size()));
    if (!files_.serve(path, context().request(), output().response())) abort("404");
  }

  static beego::ControllerClass reflect(const http::StaticDirectory& files) {
    return beego::ControllerClass::of<FileController>("FileController",
                                                      [&files] { return std::make_unique<FileController>(files); })
        .method("Show", &FileController::show);
  }

 private:
  static constexpr std::string_view kPrefix = "/static/";

  const http::StaticDirectory& files_;
};

class GithubController : public beego::Controller {
 public:
  void show() {
    const auto pattern = std::any_cast<std::string>(*input().get_data("RouterPattern"));
    std::string text;
    describe_route(
        pattern, [&](std::string_view piece) { text += piece; },
        [&](std::string_view name) { return input().param(":" + std::string(name)); });
    output().header("Content-Type", kText);
    output().body(text);
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<GithubController>("GithubController").method("Show", &GithubController::show);
  }
};

void add_github_routes(beego::App& app) {
#define DUEL_ROUTE(method, pattern, path) app.router<GithubController>(pattern, #method ":Show");
#include "router/sets/github.inc"
#undef DUEL_ROUTE
}

// An application and what its controllers use.
struct Demo {
  std::shared_ptr<sql::Pool> users;
  std::unique_ptr<beego::orm::Database> orm;
  std::shared_ptr<beego::App> app;
};

void add_orm(Demo& demo) {
  demo.orm = std::make_unique<beego::orm::Database>(*demo.users);
  demo.orm->register_model<User>();
  demo.app->router("/orm/user/:id", OrmController::reflect(*demo.orm), "get,head:Show");
}

void add_sessions(Demo& demo, const DataOptions& data) {
  std::shared_ptr<beego::session::Provider> provider;
  if (data.session_in_database) {
    provider = std::make_shared<beego::session::SqliteProvider>(demo.users);
  } else {
    provider = std::make_shared<beego::session::MemoryProvider>();
  }
  demo.app->use_sessions(std::make_shared<beego::session::Manager>(std::move(provider)));
  demo.app->router<SessionController>("/session", "");
}

Demo make_demo(const http::StaticDirectory& files, const DataOptions& data) {
  Demo demo;
  demo.users = open_users(data, /*now=*/data.orm || (data.session && data.session_in_database));
  const auto log = [](std::string_view path, std::string_view what) {
    log_failure(std::string(path).append(": ").append(what));
  };
  demo.app = std::make_shared<beego::App>(beego::AppOptions{.panic_log = log});
  beego::App& app = *demo.app;
  app.router<MainController>("/ping", "get,head:Ping");
  app.router<MainController>("/json", "get,head:JSON");
  app.router<MainController>("/list/:length", "get,head:List");
  app.router<MainController>("/echo", "post:Echo");
  app.router<MainController>("/fixed/css/site.css", "get,head:Ping");
  app.router<MainController>("/wild/*", "get,head:Ping");
  app.router<UserController>("/api/v1/user/:id", "get,head:Show");
  app.router("/sql/user/:id", SqlController::reflect(*demo.users), "get,head:Show");
  app.router("/static/*", FileController::reflect(files), "get,head:Show");
  add_github_routes(app);
  if (data.orm) add_orm(demo);
  if (data.session) add_sessions(demo, data);
  app.error_handler("404", [](beego::Context& context) {
    context.output.header("Content-Type", "text/plain");
    context.output.body("404 page not found");
  });
  return demo;
}

}  // namespace

http::HandlerFactory make_beego_demo(const http::StaticDirectory& files, bool pool, const DataOptions& data) {
  return [demo = std::make_shared<Demo>(make_demo(files, data)), pool] {
    return std::make_unique<beego::Engine>(demo->app, beego::EngineOptions{.pool_context = pool});
  };
}

}  // namespace duel::servers
