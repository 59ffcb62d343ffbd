#include "router/beego/orm/model.h"

#include <algorithm>

namespace duel::beego::orm {
namespace {

bool is_identifier(std::string_view name) {
  static constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !name.empty() && kLetters.find(name.front()) != std::string_view::npos &&
         name.find("__") == std::string_view::npos &&  // separates a column and an operator
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= '0' && c <= '9') || kLetters.find(c) != std::string_view::npos; });
}

void check_name(std::string_view name) {
  if (is_identifier(name)) return;
  throw Error("'" + std::string(name) +
              "' is not a name for a table or column: a name has letters, digits and single '_'");
}

}  // namespace

Model::Model(std::string table, std::type_index type) : table_(std::move(table)), type_(type) {
  check_name(table_);
}

void Model::add(Field field, std::type_index owner) {
  check_name(field.column);
  if (owner != type_) throw Error("column " + field.column + " of " + table_ + " is a member of another type");
  const bool twice =
      std::any_of(fields_.begin(), fields_.end(), [&](const Field& f) { return f.column == field.column; });
  if (twice) throw Error("table " + table_ + " has two columns named " + field.column);
  fields_.push_back(std::move(field));
}

void Model::set_pk(bool automatic) {
  if (has_pk()) throw Error("table " + table_ + " has two primary keys");
  pk_ = fields_.size();
  auto_pk_ = automatic;
}

const Field& Model::column(std::string_view name) const {
  if (name == "pk") return pk();
  const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.column == name; });
  if (found == fields_.end()) throw Error("table " + table_ + " has no column '" + std::string(name) + "'");
  return *found;
}

std::string Model::create_table() const {
  std::string text = "CREATE TABLE IF NOT EXISTS " + quoted_name(table_) + " (";
  for (const Field& field : fields_) {
    if (&field != fields_.data()) text += ", ";
    text += quoted_name(field.column) + " " + field.type;
    if (!field.nullable) text += " NOT NULL";
    if (is_pk(field)) text += auto_pk_ ? " PRIMARY KEY AUTOINCREMENT" : " PRIMARY KEY";
  }
  return text + ")";
}

std::string quoted_name(std::string_view name) {
  return "`" + std::string(name) + "`";
}

}  // namespace duel::beego::orm
