#include "router/beego/session/sqlite_provider.h"

#include <initializer_list>

namespace duel::beego::session {
namespace {

constexpr int64_t kTouchFraction = 16;  // see the comment at SqliteProvider

constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS session_expires ON session (expires);"
    "CREATE TABLE IF NOT EXISTS session_value ("
    "  id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE ON UPDATE CASCADE,"
    "  key TEXT NOT NULL, value, PRIMARY KEY (id, key)) WITHOUT ROWID";

void run(sql::Connection& connection, std::string_view text, std::initializer_list<Value> values) {
  sql::Rows rows(connection.prepared(text));
  rows.bind_all(values);
  rows.next();
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::shared_ptr<sql::Pool> pool, std::string id) : pool_(std::move(pool)), id_(std::move(id)) {}

  const std::string& id() const override { return id_; }

  // Stores nothing if the session was destroyed: then the SELECT finds no row.
  void set(std::string_view key, Value value) override {
    const auto connection = pool_->take();
    sql::Rows rows(
        connection->prepared("INSERT INTO session_value (id, key, value) SELECT id, ?, ? FROM session WHERE id = ? "
                             "ON CONFLICT (id, key) DO UPDATE SET value = excluded.value"));
    rows.bind(1, key);
    rows.bind(2, value);
    rows.bind(3, std::string_view(id_));
    rows.next();
  }

  Value get(std::string_view key) const override {
    const auto connection = pool_->take();
    sql::Rows rows(connection->prepared("SELECT value FROM session_value WHERE id = ? AND key = ?"));
    rows.bind(1, std::string_view(id_));
    rows.bind(2, key);
    return rows.next() ? rows.value(0) : Value();
  }

  void del(std::string_view key) override {
    const auto connection = pool_->take();
    sql::Rows rows(connection->prepared("DELETE FROM session_value WHERE id = ? AND key = ?"));
    rows.bind(1, std::string_view(id_));
    rows.bind(2, key);
    rows.next();
  }

  void flush() override { run(*pool_->take(), "DELETE FROM session_value WHERE id = ?", {id_}); }

 private:
  std::shared_ptr<sql::Pool> pool_;
  std::string id_;
};

}  // namespace

SqliteProvider::SqliteProvider(std::shared_ptr<sql::Pool> pool, int64_t lifetime_s, Clock clock)
    : pool_(std::move(pool)), lifetime_s_(lifetime_s), clock_(std::move(clock)) {}

void SqliteProvider::create_tables(sql::Connection& connection) {
  connection.run(kTables);
  // These throw if the file has tables of these names with other columns.
  connection.prepare("SELECT id, expires FROM session");
  connection.prepare("SELECT id, key, value FROM session_value");
}

std::shared_ptr<Store> SqliteProvider::store(std::string id) const {
  return std::make_shared<SqliteStore>(pool_, std::move(id));
}

std::shared_ptr<Store> SqliteProvider::find(std::string_view id) {
  const auto connection = pool_->take();
  const int64_t now_s = clock_();
  int64_t expires_s = 0;
  {
    sql::Rows rows(connection->prepared("SELECT expires FROM session WHERE id = ? AND expires > ?"));
    rows.bind(1, id);
    rows.bind(2, now_s);
    if (!rows.next()) return nullptr;
    expires_s = rows.integer(0);
  }
  if (expires_s <= now_s + lifetime_s_ - lifetime_s_ / kTouchFraction) {
    run(*connection, "UPDATE session SET expires = ? WHERE id = ?", {now_s + lifetime_s_, std::string(id)});
  }
  return store(std::string(id));
}

void SqliteProvider::insert(sql::Connection& connection, const std::string& id) const {
  const int64_t now_s = clock_();
  run(connection, "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires <= ? LIMIT ?)",
      {now_s, kClearedPerCall});
  run(connection, "INSERT INTO session (id, expires) VALUES (?, ?)", {id, now_s + lifetime_s_});
}

std::shared_ptr<Store> SqliteProvider::create(const std::string& id) {
  const auto connection = pool_->take();
  sql::Transaction transaction(*connection);
  insert(*connection, id);
  transaction.commit();
  return store(id);
}

std::shared_ptr<Store> SqliteProvider::regenerate(std::string_view old_id, const std::string& id) {
  const auto connection = pool_->take();
  const int64_t now_s = clock_();
  sql::Transaction transaction(*connection);
  run(*connection, "UPDATE session SET id = ?, expires = ? WHERE id = ? AND expires > ?",
      {id, now_s + lifetime_s_, std::string(old_id), now_s});  // ON UPDATE CASCADE moves the values
  if (connection->changes() == 0) insert(*connection, id);
  transaction.commit();
  return store(id);
}

void SqliteProvider::destroy(std::string_view id) {
  run(*pool_->take(), "DELETE FROM session WHERE id = ?", {std::string(id)});
}

size_t SqliteProvider::count() {
  const auto connection = pool_->take();
  sql::Rows rows(connection->prepared("SELECT COUNT(*) FROM session"));
  rows.next();
  return static_cast<size_t>(rows.integer(0));
}

}  // namespace duel::beego::session
