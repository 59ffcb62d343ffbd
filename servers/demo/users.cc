#include "servers/demo/users.h"

#include <utility>

#include "http/start_error.h"
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
  if (is_filled(connection)) return;  // another process was faster
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

void create_users(sql::Connection& connection) {
  connection.run(kTable);
  connection.prepared(kFindUser);  // throws if the file has a table of this name with other columns
  if (!is_filled(connection)) fill(connection);
  connection.run("PRAGMA shrink_memory");  // otherwise the connection keeps its pages, 0.1 MB
}

void open_first(sql::Pool& pool) {
  try {
    pool.take();
  } catch (const sql::Error& error) {
    if (!error.is_busy()) throw;
    logs::log_failure(error.what());
  }
}

}  // namespace

std::shared_ptr<sql::Pool> open_users(const config::DataOptions& options, OpenTime time, CreateTables create_tables) {
  sql::OpenOptions open;
  if (!options.in_memory()) open.file = options.database;
  try {
    auto pool = std::make_shared<sql::Pool>(open, [also = std::move(create_tables)](sql::Connection& opened) {
      create_users(opened);
      if (also) also(opened);
    });
    if (time == OpenTime::kAtOnce || !options.in_memory()) open_first(*pool);
    return pool;
  } catch (const sql::Error& error) {
    throw http::StartError("--db=" + options.database + " cannot be used (" + error.what() +
                           "); name a database of SQLite or a new file, in an existing folder that this user may "
                           "write, on a disk that is not full, or use --db=memory");
  }
}

Failure failure_of(const sql::Error& error) {
  logs::log_failure(error.what());
  return error.is_busy() ? Failure{503, "503 the database is busy"} : Failure{500, "500 the database has failed"};
}

}  // namespace duel::servers::demo
