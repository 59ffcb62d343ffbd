#include "router/beego/orm/orm.h"

namespace duel::beego::orm {
namespace {

// Returns " WHERE `a` = ? AND `b` = ?" and appends the object's values for it.
std::string where_equal(const Model& model, const void* object, std::span<const std::string_view> columns,
                        std::vector<Value>& values) {
  std::string text;
  for (const std::string_view name : columns) {
    const Field& field = model.column(name);
    text += (text.empty() ? " WHERE " : " AND ") + quoted_name(field.column) + " = ?";
    values.push_back(field.get(object));
  }
  return text;
}

constexpr std::string_view kByKey[] = {"pk"};

bool is_zero(const Value& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer != nullptr && *integer == 0;
}

void run(sql::Connection& connection, const std::string& text, const std::vector<Value>& values) {
  sql::Statement statement = connection.prepare(text);
  sql::Rows rows(statement);
  rows.bind_all(values);
  rows.next();
}

}  // namespace

bool Orm::read(const Model& model, void* object, Columns columns) const {
  std::string text = "SELECT ";
  for (const Field& field : model.fields()) {
    if (&field != model.fields().data()) text += ", ";
    text += quoted_name(field.column);
  }
  text += " FROM " + quoted_name(model.table());
  std::vector<Value> values;
  text += where_equal(model, object, columns.empty() ? Columns(kByKey) : columns, values);

  const auto connection = database_->pool().take();
  sql::Statement statement = connection->prepare(text);
  sql::Rows rows(statement);
  rows.bind_all(values);
  if (!rows.next()) return false;
  fill(object, scan(rows, model), model);
  return true;
}

int64_t Orm::insert(const Model& model, void* object) const {
  std::string columns;
  std::string places;
  std::vector<Value> values;
  for (const Field& field : model.fields()) {
    Value value = field.get(object);
    if (model.auto_pk() && model.is_pk(field) && is_zero(value)) continue;  // the database chooses the key
    columns += (columns.empty() ? "" : ", ") + quoted_name(field.column);
    places += places.empty() ? "?" : ", ?";
    values.push_back(std::move(value));
  }
  const auto connection = database_->pool().take();
  const std::string text =
      "INSERT INTO " + quoted_name(model.table()) +
      (values.empty() ? std::string(" DEFAULT VALUES") : " (" + columns + ") VALUES (" + places + ")");
  run(*connection, text, values);
  const int64_t id = connection->last_insert_id();
  if (model.auto_pk()) model.pk().set(object, id);
  return id;
}

int64_t Orm::update(const Model& model, const void* object, Columns columns) const {
  std::string text;
  std::vector<Value> values;
  const auto add = [&](const Field& field) {
    text += (text.empty() ? "" : ", ") + quoted_name(field.column) + " = ?";
    values.push_back(field.get(object));
  };
  for (const std::string_view name : columns) add(model.column(name));
  if (columns.empty()) {
    for (const Field& field : model.fields()) {
      if (!model.is_pk(field)) add(field);
    }
  }
  if (text.empty()) throw Error("table " + model.table() + " has no column to update");
  text = "UPDATE " + quoted_name(model.table()) + " SET " + text + where_equal(model, object, kByKey, values);
  const auto connection = database_->pool().take();
  run(*connection, text, values);
  return connection->changes();
}

int64_t Orm::del(const Model& model, const void* object) const {
  std::vector<Value> values;
  const std::string text = "DELETE FROM " + quoted_name(model.table()) + where_equal(model, object, kByKey, values);
  const auto connection = database_->pool().take();
  run(*connection, text, values);
  return connection->changes();
}

void Database::register_model(Model model) {
  if (!model.has_pk()) throw Error("table " + model.table() + " has no primary key");
  const std::string table = model.table();
  if (!models_.emplace(model.type(), std::move(model)).second) throw Error("table " + table + " is registered twice");
}

const Model& Database::model(std::type_index type) const {
  const auto found = models_.find(type);
  if (found == models_.end()) throw Error(std::string("this type is not registered as a model: ") + type.name());
  return found->second;
}

void Database::run_sync_db() const {
  const auto connection = pool_.take();
  for (const auto& [type, model] : models_) connection->run(model.create_table());
}

}  // namespace duel::beego::orm
