// For router/sql only.
#pragma once

#include <string>

struct sqlite3;

namespace duel::sql {

// SQLite gives some names of files another meaning: `file:...` is a URI, and for the empty name and `:memory:` it opens
// a database of this connection alone. Later versions may give other names that begin with a colon a meaning
// (https://sqlite.org/c3ref/open.html). An absolute path has no other meaning, so SQLite gets absolute paths only.

// Returns the absolute path of `file`. Throws Error if SQLite gives this name another meaning, or if a path cannot have
// this name.
std::string database_path(const std::string& file);

// Throws Error if something other than a regular file has this path. A missing file is no error.
void require_regular_file(const std::string& path);

// Throws the Error of a failed sqlite3_open_v2(), with the kernel's reason if there is one.
[[noreturn]] void throw_open_error(const std::string& path, int code);

// Sets an opened file to WAL mode. Throws Error if it is not a database, cannot be written, or has no WAL.
void prepare_file(sqlite3* database, const std::string& path);

}  // namespace duel::sql
