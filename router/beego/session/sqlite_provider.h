#pragma once

#include <memory>

#include "router/beego/session/provider.h"
#include "router/sql/pool.h"

namespace duel::beego::session {

// Sessions in an SQLite database, one row a value: they outlive the process, and several processes may share a file.
// Every call is a statement that the calling thread waits for, see sql::Pool; what the database refuses is thrown as
// sql::Error.
//
// The time of last use is written when a sixteenth of the lifetime has passed since it was last written, so that
// reading a session seldom writes. A call that adds a session clears at most kClearedPerCall expired ones.
class SqliteProvider final : public Provider {
 public:
  static constexpr int64_t kClearedPerCall = 4;

  // The pool's OnOpen has called create_tables().
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
