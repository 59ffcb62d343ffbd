// The examples of router/beego/README.md and router/beego/orm/README.md: compiled and run.
// tests/layout/pages.py compares them with the pages.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "router/beego/engine.h"
#include "router/beego/orm/orm.h"
#include "tests/router/beego/exchange.h"

namespace beego = duel::beego;
namespace orm = duel::beego::orm;
namespace sql = duel::sql;

namespace {

class MainController : public beego::Controller {
 public:
  void ping() {
    data()["json"] = beego::Map{{"message", "pong"}};
    serve_json();
  }
  static beego::ControllerClass reflect() {
    return beego::ControllerClass::of<MainController>("MainController").method("Ping", &MainController::ping);
  }
};

TEST(Readme, TheExampleOfTheStyleWorks) {
  auto app = std::make_shared<beego::App>();
  app->router<MainController>("/ping", "get:Ping");
  app->get("/user/:id", [](beego::Context& context) { context.output.body(context.input.param(":id")); });
  beego::Engine engine(app);  // an http::Handler; each worker has its own

  EXPECT_EQ(beego::testing::exchange(engine, "GET", "/ping").body, R"({"message":"pong"})");
  EXPECT_EQ(beego::testing::exchange(engine, "GET", "/user/7").body, "7");
}

struct User {
  int64_t id = 0;
  std::string name;
  std::optional<std::string> note = {};
  static orm::Model reflect() {
    return orm::Model::of<User>("user").auto_pk("id", &User::id).field("name", &User::name).field("note", &User::note);
  }
};

TEST(Readme, TheExampleOfTheOrmWorks) {
  const std::filesystem::path folder = ::testing::TempDir() + "beego_readme_" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder);  // for users.db
  {
    sql::Pool pool({.file = "users.db"});
    orm::Database database(pool);
    database.register_model<User>();
    database.run_sync_db();

    const auto orm = database.new_orm();  // one per request
    User user{.name = "ann"};
    orm->insert(user);
    orm->read(user, {"name"});
    std::vector<User> users;
    orm->query_table<User>().filter("id__gt", 3).order_by("-id").limit(10).all(users);

    EXPECT_EQ(user.id, 1);
    EXPECT_TRUE(users.empty());
  }
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

}  // namespace
