// For applications with an SQLite database.
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

// A compiled statement. For the thread of its Connection, which must outlive it.
class Statement {
 public:
  // `text` must be exactly one statement. Throws Error.
  Statement(sqlite3* database, std::string_view text);

 private:
  friend class Rows;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// One run of a statement: bind values, then read row after row. The destructor resets the statement, which also ends
// SQLite's read transaction. Text is bound without a copy, so it must outlive the run.
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

  // Binds a value to the `?` number `place`, counted from 1. Throws Error if the statement has no such place.
  void bind(int place, int64_t value);
  void bind(int place, double value);
  void bind(int place, std::string_view text);
  void bind_null(int place);
  void bind(int place, const Value& value);
  void bind_all(std::span<const Value> values);  // to the places from 1

  // Moves to the next row. False if there are no more rows. Throws Error.
  bool next();

  // Columns of the current row, counted from 0. SQLite converts a value of another type. Views are valid until next().
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
