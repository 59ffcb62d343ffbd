#include "router/sql/statement.h"

#include <sqlite3.h>

#include "router/sql/error.h"

namespace duel::sql {
namespace {

[[noreturn]] void fail(sqlite3* database, int code) {
  std::string what = sqlite3_errmsg(database);
  const std::string kind = sqlite3_errstr(code);
  if (what != kind) what += " (" + kind + ")";
  throw Error(code, "SQLite: " + what);
}

}  // namespace

bool Error::is_busy() const {
  return code_ == SQLITE_BUSY || code_ == SQLITE_LOCKED;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, std::string_view text) {
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &made, &rest);
  if (code != SQLITE_OK) fail(database, code);
  statement_.reset(made);
  if (made == nullptr || rest != text.data() + text.size()) {
    throw Error(SQLITE_ERROR, "the SQL text must be exactly one statement: " + std::string(text));
  }
}

Rows::~Rows() {
  sqlite3_reset(statement_);  // returns the error of next(), which was already thrown
  sqlite3_clear_bindings(statement_);
}

void Rows::check(int code) const {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_), code);
}

void Rows::bind(int place, int64_t value) {
  check(sqlite3_bind_int64(statement_, place, value));
}

void Rows::bind(int place, double value) {
  check(sqlite3_bind_double(statement_, place, value));
}

void Rows::bind(int place, std::string_view text) {
  const char* const bytes = text.data() == nullptr ? "" : text.data();  // a null pointer would be bound as NULL
  check(sqlite3_bind_text64(statement_, place, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Rows::bind_null(int place) {
  check(sqlite3_bind_null(statement_, place));
}

void Rows::bind(int place, const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return bind(place, *integer);
  if (const auto* real = std::get_if<double>(&value)) return bind(place, *real);
  if (const auto* text = std::get_if<std::string>(&value)) return bind(place, std::string_view(*text));
  bind_null(place);
}

void Rows::bind_all(std::span<const Value> values) {
  int place = 0;
  for (const Value& value : values) bind(++place, value);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(sqlite3_db_handle(statement_), code);
  return false;
}

int Rows::columns() const {
  return sqlite3_column_count(statement_);
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Rows::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Rows::text(int column) const {
  const unsigned char* const bytes =
      sqlite3_column_text(statement_, column);  // before sqlite3_column_bytes(): a conversion changes the size
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(bytes), size);
}

Value Rows::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return real(column);
    default:
      return std::string(text(column));
  }
}

}  // namespace duel::sql
