#include "servers/demo/users.h"

#include "http/start_error.h"
#include "router/beego/session/sqlite_provider.h"
#include "servers/logs/log.h"

namespace duel::servers::demo {
namespace {

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS `user` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, "
    "`email` text NOT NULL, `age` integer NOT NULL)";

bool is_filled(sql::Connection& connection) {
  sql::Statement statement = connection.prepare("SELECT 1 FROM user LIMIT 1");
  return sql::Rows(statement).next();
}

void fill(sql::Connection& connection) {
  sql::Transaction transaction(connection);
  if (is_filled(connection)) return;  // by another process, meanwhile
  sql::Statement insert = connection.prepare("INSERT INTO user (name, email, age) VALUES (?, ?, ?)");
  constexpr int64_t kYoungest = 18;
  constexpr int64_t kAges = 60;
  for (int64_t i = 1; i <= kUsers; ++i) {
    const std::string name = "user" + std::to_string(i);
    const std::string email = name + "@example.com";
    sql::Rows row(insert);
    row.bind(1, std::string_view(name));
    row.bind(2, std::string_view(email));
    row.bind(3, kYoungest + i % kAges);
    row.next();
  }
  transaction.commit();
}

void prepare(sql::Connection& connection, bool sessions) {
  connection.run(kTable);
  if (!is_filled(connection)) fill(connection);
  if (sessions) beego::session::SqliteProvider::create_tables(connection);
}

}  // namespace

std::shared_ptr<sql::Pool> open_users(const config::DataOptions& options, bool now) {
  sql::OpenOptions open;
  if (!options.in_memory()) open.file = options.database;
  const bool sessions = options.session && options.session_in_database;
  auto pool = std::make_shared<sql::Pool>(open, [sessions](sql::Connection& opened) { prepare(opened, sessions); });
  if (!now && options.in_memory()) return pool;
  try {
    pool->take();
  } catch (const sql::Error& error) {
    if (error.is_unreachable()) {
      throw http::StartError("--db=" + options.database + " cannot be opened (" + error.what() +
                             "); give a file in a folder that is there and writable");
    }
    logs::log_failure(error.what());
  }
  return pool;
}

Failure failure_of(const sql::Error& error) {
  logs::log_failure(error.what());
  return error.is_busy() ? Failure{503, "503 the database is busy"} : Failure{500, "500 the database has failed"};
}

}  // namespace duel::servers::demo
