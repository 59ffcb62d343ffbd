#pragma once

#include <memory>

#include "router/beego/session/provider.h"
#include "router/sql/pool.h"

namespace duel::beego::session {

// For applications: keeps sessions in an SQLite database, with one row per value. They outlive the process, and several
// processes can share a file. Every call waits for the database, see sql::Pool. Errors of the database are thrown as
// sql::Error.
//
// The time of last use is written only if a sixteenth of the lifetime has passed since it was last written, so most
// calls of find() do not write. A call that adds a session removes at most kClearedPerCall expired sessions.
class SqliteProvider final : public Provider {
 public:
  static constexpr int64_t kClearedPerCall = 4;

  // Every connection of the pool must have the tables: pass create_tables() as the pool's OnOpen.
  explicit SqliteProvider(std::shared_ptr<sql::Pool> pool, int64_t lifetime_s = kLifetimeS, Clock clock = unix_s);

  static void create_tables(sql::Connection& connection);

  std::shared_ptr<Store> find(std::string_view id) override;
  std::shared_ptr<Store> create(const std::string& id) override;
  std::shared_ptr<Store> regenerate(std::string_view old_id, const std::string& id) override;
  void destroy(std::string_view id) override;
  size_t count() override;

 private:
  void insert(sql::Connection& connection, const std::string& id) const;
  std::shared_ptr<Store> store(std::string id) const;

  std::shared_ptr<sql::Pool> pool_;
  int64_t lifetime_s_;
  Clock clock_;
};

}  // namespace duel::beego::session
