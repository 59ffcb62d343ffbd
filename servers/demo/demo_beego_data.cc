#include "servers/demo/demo_beego_data.h"

#include <string>

#include "router/beego/controller_class.h"
#include "router/beego/formats/json.h"
#include "router/beego/orm/orm.h"
#include "router/beego/session/memory_provider.h"
#include "router/beego/session/sqlite_provider.h"

namespace duel::servers::demo {
namespace {

using beego::session::SqliteProvider;

constexpr const char* kText = "text/plain; charset=utf-8";

// Writes a user as JSON. Native SQL and the ORM share it, so that they differ only in how they read the row.
class RowController : public beego::Controller {
 protected:
  void answer(const UserRow& user) {
    std::string text = "{\"age\":" + std::to_string(user.age) + ",\"email\":";
    beego::formats::append_json_text(user.email, text);
    text += ",\"id\":" + std::to_string(user.id) + ",\"name\":";
    beego::formats::append_json_text(user.name, text);
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
  void show() {
    const beego::session::Value before = get_session("visits");
    const auto* const count = std::get_if<int64_t>(&before);
    const int64_t visits = count == nullptr ? 1 : *count + 1;
    set_session("visits", visits);
    answer(std::to_string(visits));
  }
  void renew() {
    session_regenerate_id();
    answer("renewed");
  }
  void end() {
    destroy_session();
    answer("ended");
  }

  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<SessionController>("SessionController")
        .method("Show", &SessionController::show)
        .method("Renew", &SessionController::renew)
        .method("End", &SessionController::end);
  }

 private:
  void answer(std::string_view text) {
    output().header("Content-Type", kText);
    output().body(text);
  }
};

// The objects that the controllers use.
struct Data {
  std::shared_ptr<sql::Pool> users;
  std::unique_ptr<beego::orm::Database> orm;
};

void add_orm(beego::App& app, Data& data) {
  data.orm = std::make_unique<beego::orm::Database>(*data.users);
  data.orm->register_model<User>();
  app.router("/orm/user/:id", OrmController::reflect(*data.orm), "get,head:Show");
}

void add_sessions(beego::App& app, std::shared_ptr<beego::session::Provider> provider) {
  app.use_sessions(std::make_shared<beego::session::Manager>(std::move(provider)));
  app.router<SessionController>("/session", "get,head:Show;post:Renew;delete:End");
}

}  // namespace

std::shared_ptr<const void> add_data(beego::App& app, const config::DataOptions& options) {
  auto data = std::make_shared<Data>();
  const bool stored_sessions = options.session && options.session_in_database;
  const OpenTime time = options.orm || stored_sessions ? OpenTime::kAtOnce : OpenTime::kAtFirstRequest;
  data->users = open_users(options, time, stored_sessions ? CreateTables(SqliteProvider::create_tables) : nullptr);
  app.router("/sql/user/:id", SqlController::reflect(*data->users), "get,head:Show");
  if (options.orm) add_orm(app, *data);
  if (stored_sessions) {
    add_sessions(app, std::make_shared<SqliteProvider>(data->users));
  } else if (options.session) {
    add_sessions(app, std::make_shared<beego::session::MemoryProvider>());
  }
  return data;
}

}  // namespace duel::servers::demo
