// For applications with an SQLite database.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "router/sql/statement.h"

namespace duel::sql {

struct OpenOptions {
  // Path of the database, which is created if it does not exist. If empty, the database is in memory. Connections with
  // the same `memory_name` share it, and it is deleted when the last of them is closed.
  std::string file{};
  std::string memory_name{};
  // How long a call waits for a lock of another connection. The wait blocks the calling thread. In a server that is a
  // worker with all its clients, so the default is short.
  std::chrono::milliseconds busy_timeout{5};
};

// One connection to an SQLite database, for one thread at a time. Files use WAL mode, in which readers do not wait for
// writers. Every member throws Error.
class Connection {
 public:
  explicit Connection(const OpenOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A statement that is compiled at the first call and kept. For constant texts only: throws std::length_error for more
  // than kMaxPrepared texts. Valid as long as the connection.
  Statement& prepared(std::string_view text);
  // Compiles a new statement.
  Statement prepare(std::string_view text) { return {database_.get(), text}; }
  // Runs one or more statements, separated by semicolons. Result rows are discarded, and parameters cannot be bound.
  void run(const std::string& text);

  int64_t last_insert_id() const;
  int64_t changes() const;  // rows that the last INSERT, UPDATE or DELETE changed

  // Far more than an application needs. The limit reveals SQL texts that are built per request.
  static constexpr size_t kMaxPrepared = 256;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unique_ptr<sqlite3, Close> database_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> prepared_;
};

// Begins with BEGIN IMMEDIATE. The destructor does ROLLBACK unless commit() was called.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) { connection.run("BEGIN IMMEDIATE"); }
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() {
    connection_.run("COMMIT");
    open_ = false;
  }

 private:
  Connection& connection_;
  bool open_ = true;
};

}  // namespace duel::sql
