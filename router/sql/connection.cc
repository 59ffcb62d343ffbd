#include "router/sql/connection.h"

#include <sqlite3.h>

#include <stdexcept>

#include "http/grammar/percent.h"
#include "router/sql/error.h"

namespace duel::sql {
namespace {

// The database as a URI. The characters %, ? and # of a file name are escaped, because SQLite gives them a meaning.
std::string uri_of(const OpenOptions& options) {
  if (options.file.empty()) return "file:/" + options.memory_name + "?vfs=memdb";
  constexpr http::grammar::PercentEncoding kFileEncoding = http::grammar::keep_all_but("%?#");
  std::string uri = "file:";
  http::grammar::percent_encode(options.file, kFileEncoding, [&](std::string_view piece) { uri.append(piece); });
  return uri;
}

// With synchronous=NORMAL a crash of the machine may lose the last commits but does not corrupt the file
// (https://sqlite.org/pragma.html).
constexpr const char* kFilePragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON";
constexpr const char* kMemoryPragmas = "PRAGMA journal_mode=MEMORY; PRAGMA foreign_keys=ON";

}  // namespace

void Connection::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

Connection::Connection(const OpenOptions& options) {
  sqlite3* opened = nullptr;
  // One thread at a time uses a connection, so SQLite's own locks around each call are not needed.
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(uri_of(options).c_str(), &opened, kFlags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) {
    throw Error(code, "SQLite cannot open " + options.file + ": " +
                          (opened != nullptr ? sqlite3_errmsg(opened) : sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(opened, static_cast<int>(options.busy_timeout.count()));
  run(options.file.empty() ? kMemoryPragmas : kFilePragmas);
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
    constexpr int kPrimaryCode = 0xFF;
    throw Error(code & kPrimaryCode, std::string("SQLite: ") + sqlite3_errmsg(database_.get()) + " (in " + text + ")");
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
