#include "router/sql/database_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "router/sql/error.h"
#include "router/sql/statement.h"

namespace duel::sql {
namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& why, int code = SQLITE_CANTOPEN) {
  throw Error(code, "SQLite cannot open " + file + ": " + why);
}

std::string value_of(sqlite3* database, std::string_view text) {
  Statement statement(database, text);
  Rows rows(statement);
  return rows.next() ? std::string(rows.text(0)) : "";
}

// Returns 0 if this process has the rights (R_OK, ...) to the file or folder, or the error number.
int missing_right(const std::string& path, int rights) {
  return ::faccessat(AT_FDCWD, path.c_str(), rights, AT_EACCESS) == 0 ? 0 : errno;
}

// Returns the error number with which the kernel refuses to open the file for reading and writing, or 0. SQLite's own
// error number is of its last attempt, which is to read a file that may not exist.
int refusal_of(const std::string& path) {
  const int missing = missing_right(path, F_OK);
  if (missing == 0) return missing_right(path, R_OK | W_OK);
  std::error_code ignored;
  if (missing != ENOENT || std::filesystem::is_symlink(path, ignored)) return missing;
  return missing_right(std::filesystem::path(path).parent_path(), W_OK | X_OK);
}

// Throws Error if SQLite cannot write to the database. A lock of another connection is no error.
void try_to_write(sqlite3* database) {
  try {
    value_of(database, "BEGIN IMMEDIATE");
    value_of(database, "ROLLBACK");
  } catch (const Error& error) {
    if (!error.is_busy()) throw;
  }
}

}  // namespace

std::string database_path(const std::string& file) {
  if (file.find('\0') != std::string::npos) refuse(file.substr(0, file.find('\0')), "the name has a NUL byte");
  if (file.starts_with("file:")) {
    refuse(file, "URIs are not supported; give the path alone, or ./" + file + " if this is the name of a file");
  }
  if (file.starts_with(':')) {
    refuse(file, "SQLite reserves names that begin with a colon; give :memory:, or ./" + file +
                     " if this is the name of a file");
  }
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(file, error);
  if (error) refuse(file, "there is no current folder (" + error.message() + ")");
  const std::filesystem::path last = path.filename();
  if (last.empty() || last == "." || last == "..") refuse(file, "this is the name of a folder");
  return path.string();
}

void require_regular_file(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode)) return;
  refuse(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file");
}

void throw_open_error(const std::string& path, int code) {
  const int refusal = refusal_of(path);
  if (refusal != 0) refuse(path, std::generic_category().message(refusal), code);
  constexpr size_t kMaxPathBytes = 512;  // of SQLite on Unix, not of the kernel
  if (path.size() >= kMaxPathBytes) refuse(path, "the path is longer than SQLite allows (512 bytes)");
  refuse(path, sqlite3_errstr(code), code);
}

void prepare_file(sqlite3* database, const std::string& path) {
  if (sqlite3_db_readonly(database, "main") == 1) {
    refuse(path, "this process has no right to write to the file", SQLITE_READONLY);
  }
  std::string mode;
  try {
    mode = value_of(database, "PRAGMA journal_mode=WAL");
    try_to_write(database);
  } catch (const Error& error) {
    refuse(path, error.what(), error.code());
  }
  // If SQLite cannot change the mode, the answer is the old mode, without an error.
  if (mode != "wal") refuse(path, "its file system does not support the WAL mode");
}

}  // namespace duel::sql
