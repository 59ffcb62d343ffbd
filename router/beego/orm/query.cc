#include "router/beego/orm/query.h"

#include <array>

namespace duel::beego::orm {
namespace {

enum class Kind : uint8_t { kCompare, kLike, kIn, kIsNull };

struct Operator {
  std::string_view name;
  Kind kind;
  std::string_view sql;     // kCompare
  std::string_view before;  // kLike: put around the text
  std::string_view after;
};

constexpr std::array kOperators = {Operator{"exact", Kind::kCompare, "=", "", ""},
                                   Operator{"strictexact", Kind::kCompare, "=", "", ""},
                                   Operator{"ne", Kind::kCompare, "!=", "", ""},
                                   Operator{"gt", Kind::kCompare, ">", "", ""},
                                   Operator{"gte", Kind::kCompare, ">=", "", ""},
                                   Operator{"lt", Kind::kCompare, "<", "", ""},
                                   Operator{"lte", Kind::kCompare, "<=", "", ""},
                                   Operator{"iexact", Kind::kLike, "", "", ""},
                                   Operator{"contains", Kind::kLike, "", "%", "%"},
                                   Operator{"icontains", Kind::kLike, "", "%", "%"},
                                   Operator{"startswith", Kind::kLike, "", "", "%"},
                                   Operator{"istartswith", Kind::kLike, "", "", "%"},
                                   Operator{"endswith", Kind::kLike, "", "%", ""},
                                   Operator{"iendswith", Kind::kLike, "", "%", ""},
                                   Operator{"in", Kind::kIn, "", "", ""},
                                   Operator{"isnull", Kind::kIsNull, "", "", ""}};

const Operator& find_operator(std::string_view name) {
  for (const Operator& candidate : kOperators) {
    if (candidate.name == name) return candidate;
  }
  throw Error("there is no operator '" + std::string(name) + "'");
}

// Escapes LIKE's wildcards.
std::string escape_like(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<int64_t>(&value)) return std::to_string(*integer);
  throw Error("this operator needs a text");
}

std::string list_of_columns(const Model& model) {
  std::string text;
  for (const Field& field : model.fields()) text += (text.empty() ? "" : ", ") + quoted_name(field.column);
  return text;
}

std::string places(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

// Returns the SQL text of the condition. Changes `values` to the values that must be bound.
std::string condition(const Operator& op, const std::string& column, std::vector<Value>& values) {
  if (op.kind == Kind::kIn) return column + " IN (" + places(values.size()) + ")";
  if (values.size() != 1) throw Error("operator " + std::string(op.name) + " needs one value");
  Value& value = values.front();
  switch (op.kind) {
    case Kind::kIsNull: {
      const auto* wanted = std::get_if<int64_t>(&value);
      if (wanted == nullptr) throw Error("operator isnull needs a bool");
      const bool null = *wanted != 0;
      values.clear();
      return column + (null ? " IS NULL" : " IS NOT NULL");
    }
    case Kind::kLike:
      value = std::string(op.before) + escape_like(text_of(value)) + std::string(op.after);
      return column + " LIKE ? ESCAPE '\\'";
    default:
      // In SQL nothing equals NULL, so this comparison must be IS NULL.
      if (op.name == "exact" && std::holds_alternative<std::monostate>(value)) {
        values.clear();
        return column + " IS NULL";
      }
      return column + " " + std::string(op.sql) + " ?";
  }
}

}  // namespace

Row scan(const sql::Rows& rows, const Model& model) {
  Row row;
  row.reserve(model.fields().size());
  int column = 0;
  for (const Field& field : model.fields()) {
    row.push_back(std::make_unique<Value>(rows.is_null(column) ? Value() : field.read(rows, column)));
    ++column;
  }
  return row;
}

void fill(void* object, const Row& row, const Model& model) {
  for (size_t i = 0; i < row.size(); ++i) model.fields()[i].set(object, *row[i]);
}

void Query::add_condition(std::string_view expression, std::vector<Value> values, bool negated) {
  const size_t at = expression.find("__");
  const Operator& op = find_operator(at == std::string_view::npos ? "exact" : expression.substr(at + 2));
  const std::string column = quoted_name(model_->column(expression.substr(0, at)).column);
  const std::string text = condition(op, column, values);
  if (!conditions_.empty()) conditions_ += " AND ";
  conditions_ += negated ? "NOT (" + text + ")" : text;
  for (Value& value : values) values_.push_back(std::move(value));
}

void Query::order_by(std::string_view column) {
  const bool descending = column.starts_with('-');
  if (descending) column.remove_prefix(1);
  order_ += order_.empty() ? " ORDER BY " : ", ";
  order_ += quoted_name(model_->column(column).column) + (descending ? " DESC" : " ASC");
}

void Query::limit(int64_t rows, int64_t offset) {
  if (offset < 0) throw Error("an offset must not be negative");
  limit_ = rows == 0 ? -1 : rows;
  offset_ = offset;
}

std::string Query::order_and_limit() const {
  if (!has_limit()) return order_;
  // SQLite requires LIMIT before OFFSET; a negative limit means no limit.
  return order_ + " LIMIT " + std::to_string(limit_) + " OFFSET " + std::to_string(offset_);
}

std::string Query::select() const {
  return "SELECT " + list_of_columns(*model_) + " FROM " + quoted_name(model_->table()) + where() + order_and_limit();
}

std::string Query::count() const {
  return "SELECT COUNT(*) FROM " + quoted_name(model_->table()) + where();
}

std::string Query::update(const std::vector<std::string_view>& columns) const {
  if (has_limit()) throw Error("update() does not support a limit");
  if (columns.empty()) throw Error("update() needs at least one column");
  std::string text = "UPDATE " + quoted_name(model_->table()) + " SET ";
  for (size_t i = 0; i < columns.size(); ++i) {
    text += (i == 0 ? "" : ", ") + quoted_name(model_->column(columns[i]).column) + " = ?";
  }
  return text + where();
}

std::string Query::del() const {
  if (has_limit()) throw Error("del() does not support a limit");
  return "DELETE FROM " + quoted_name(model_->table()) + where();
}

}  // namespace duel::beego::orm
