// For applications with an SQLite database.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "router/sql/statement.h"

namespace duel::sql {

// Another process may hold the lock of a file for any time, so the wait is short.
inline constexpr std::chrono::milliseconds kFileBusyTimeout{5};
// Only threads of this process lock a database in memory, each for one statement or one transaction. The wait ends
// when the holder has finished. The maximum is long, because the holder may wait for a CPU.
inline constexpr std::chrono::milliseconds kMemoryBusyTimeout{1000};

struct OpenOptions {
  // Path of the database, which is created if it does not exist. Any path of a regular file works, also one with the
  // characters ?, # or %. SQLite's URIs (`file:...`) and names that begin with a colon are refused; `./` before such a
  // name makes it a path. If the file is empty or `:memory:`, the database is in memory.
  std::string file{};
  // Connections with the same name share a database in memory, which is deleted when the last of them is closed. A
  // Connection without a name has a database of its own, and so has a Pool.
  std::string memory_name{};
  // How long a call waits for a lock of another connection. The wait blocks the calling thread, which in a server is a
  // worker with all its clients. By default kFileBusyTimeout or kMemoryBusyTimeout.
  std::optional<std::chrono::milliseconds> busy_timeout{};

  bool in_memory() const { return file.empty() || file == ":memory:"; }
};

// One connection to an SQLite database, for one thread at a time. Files use WAL mode, in which readers do not wait for
// writers. Every member throws Error. The constructor also throws it if the file is not a database, cannot be written
// or has no WAL.
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
