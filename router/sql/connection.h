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
  // Of the database, made if it is not there. Empty: in memory, shared by the connections that name the same
  // `memory_name`, and gone with the last of them.
  std::string file{};
  std::string memory_name{};
  // How long a call waits for somebody else's lock. It waits on the calling thread, in a server a worker with all of
  // its connections, so it is short.
  std::chrono::milliseconds busy_timeout{5};
};

// One connection to an SQLite database, for one thread at a time. A file is in WAL mode, where readers wait for nobody.
// Every member throws Error.
class Connection {
 public:
  explicit Connection(const OpenOptions& options);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Compiled at the first call and kept with the connection. For texts that are constants: at most kMaxPrepared.
  Statement& prepared(std::string_view text);
  // Compiled anew by each call.
  Statement prepare(std::string_view text) { return {database_.get(), text}; }
  // Runs a statement that gives no rows; several, apart from each other by semicolons, if nothing is bound.
  void run(const std::string& text);

  int64_t last_insert_id() const;
  int64_t changes() const;  // rows that the last INSERT, UPDATE or DELETE changed

  static constexpr size_t kMaxPrepared = 256;  // a text made for each request, which does not belong here, is noticed

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

// BEGIN IMMEDIATE, and ROLLBACK at its end unless commit() was called.
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
