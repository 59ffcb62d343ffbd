#include "router/sql/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <climits>
#include <stdexcept>

#include "router/sql/database_file.h"
#include "router/sql/error.h"

namespace duel::sql {
namespace {

// With synchronous=NORMAL a crash of the machine may lose the last commits but does not corrupt the file
// (https://sqlite.org/pragma.html).
constexpr const char* kFilePragmas = "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON";
constexpr const char* kMemoryPragmas = "PRAGMA journal_mode=MEMORY; PRAGMA foreign_keys=ON";

// The name for SQLite's memdb. Connections share a database if its name begins with a slash and is longer than that.
std::string memory_path(const std::string& memory_name) {
  if (memory_name.find('\0') != std::string::npos) {
    throw Error(SQLITE_CANTOPEN, "the name of a database in memory has a NUL byte");
  }
  return "/" + memory_name;
}

}  // namespace

void Connection::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Connection::Connection(const OpenOptions& options) {
  const bool memory = options.in_memory();
  const std::string path = memory ? memory_path(options.memory_name) : database_path(options.file);
  if (!memory) require_regular_file(path);
  sqlite3* opened = nullptr;
  // One thread at a time uses a connection, so SQLite's own locks around each call are not needed.
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &opened, kFlags, memory ? "memdb" : nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) throw_open_error(path, code);
  const auto wait = options.busy_timeout.value_or(memory ? kMemoryBusyTimeout : kFileBusyTimeout);
  sqlite3_busy_timeout(opened, static_cast<int>(std::clamp<int64_t>(wait.count(), 0, INT_MAX)));
  if (!memory) prepare_file(opened, path);
  run(memory ? kMemoryPragmas : kFilePragmas);
}

Statement& Connection::prepared(std::string_view text) {
  const auto found = prepared_.find(text);
  if (found != prepared_.end()) return found->second;
  if (prepared_.size() == kMaxPrepared) {
    throw std::length_error("more than 256 prepared statements: prepared() is for constant texts");
  }
  return prepared_.emplace(text, Statement(database_.get(), text)).first->second;
}

void Connection::run(const std::string& text) {
  const int code = sqlite3_exec(database_.get(), text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw Error(code, std::string("SQLite: ") + sqlite3_errmsg(database_.get()) + " (in " + text + ")");
  }
}

int64_t Connection::last_insert_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

int64_t Connection::changes() const {
  return sqlite3_changes(database_.get());
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.run("ROLLBACK");
  } catch (const Error&) {  // SQLite has already rolled back
  }
}

}  // namespace duel::sql
