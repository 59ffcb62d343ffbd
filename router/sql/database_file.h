// For router/sql only.
#pragma once

#include <string>

struct sqlite3;

namespace duel::sql {

// Which names of files SQLite gets. It gives some names another meaning: it opens a URI for `file:...`, and a database
// of the connection alone for the empty name and for `:memory:`. Further names that begin with a colon may get a
// meaning in later versions (https://sqlite.org/c3ref/open.html). An absolute path has no other meaning.

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
