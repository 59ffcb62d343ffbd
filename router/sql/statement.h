#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "router/sql/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace duel::sql {

// A compiled statement. Belongs to its Connection's thread and must not outlive the connection.
class Statement {
 public:
  // Exactly one statement. Throws Error.
  Statement(sqlite3* database, std::string_view text);

 private:
  friend class Rows;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// One run of a statement: binds, then gives row after row. Its end resets the statement, which ends SQLite's read
// transaction too. Text is bound without a copy: it outlives the run.
//
//   Rows rows(statement);
//   rows.bind(1, id);
//   while (rows.next()) use(rows.text(0));
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(statement.statement_.get()) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // `place` counts from 1. Throws Error if the statement has no such place.
  void bind(int place, int64_t value);
  void bind(int place, double value);
  void bind(int place, std::string_view text);
  void bind_null(int place);
  void bind(int place, const Value& value);
  void bind_all(std::span<const Value> values);  // from place 1 on

  // The next row; false behind the last. Throws Error.
  bool next();

  // Columns of the current row, from 0; converted as SQLite does. Views are valid until next().
  int columns() const;
  bool is_null(int column) const;
  int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  Value value(int column) const;

 private:
  void check(int code) const;

  sqlite3_stmt* statement_;
};

}  // namespace duel::sql
