#include "router/beego/orm/orm.h"

namespace orm = duel::beego::orm;

struct User {
  int64_t id = 0;
  std::string name;
  static orm::Model reflect() {
    return orm::Model::of<User>("user").auto_pk("id", &User::id).field("name", &User::name);
  }
};

int main() {
  duel::sql::Pool pool({.file = ":memory:"});
  orm::Database database(pool);
  database.register_model<User>();
  database.run_sync_db();
  User ann{.name = "ann"};
  database.new_orm()->insert(ann);
  std::vector<User> users;
  database.new_orm()->query_table<User>().filter("name", "ann").all(users);
  return users.size() == 1 ? 0 : 1;
}
