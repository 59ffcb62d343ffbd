// For applications that use the ORM: start here.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>

#include "router/beego/orm/query.h"

// Objects as rows of SQLite, modelled on Beego's client/orm and with its costs: an Orm per request, SQL text built and
// compiled for each call (Beego does not keep statements by default), a box for each column of a row, members set by
// boxed callables. For comparison, sql::Pool is native SQL with prepared statements.
//
// SQL injection: values are always bound. Names of tables and columns come from the models; a column name from a
// request is looked up there. Calls block the calling thread while SQLite works, see sql::Pool.
namespace duel::beego::orm {

class Database;

// One request's access to the database (Beego's Ormer). Members throw Error for wrong uses and sql::Error for errors of
// the database.
class Orm {
 public:
  explicit Orm(const Database& database) : database_(&database) {}

  // Finds the row whose `columns`, by default the primary key, are equal to the members of `object`, and fills `object`
  // from it. False if there is no such row; then `object` is unchanged.
  template <typename T>
  bool read(T& object, std::initializer_list<std::string_view> columns = {}) const {
    return read(model<T>(), &object, columns);
  }
  // Inserts a row and returns its number. An automatic key is also set in `object`.
  template <typename T>
  int64_t insert(T& object) const {
    return insert(model<T>(), &object);
  }
  // Writes `columns`, by default all, to the row with the same key. Returns the number of rows, 0 or 1.
  template <typename T>
  int64_t update(const T& object, std::initializer_list<std::string_view> columns = {}) const {
    return update(model<T>(), &object, columns);
  }
  // Deletes the row with the same key. Returns the number of rows, 0 or 1. (`delete` is a keyword.)
  template <typename T>
  int64_t del(const T& object) const {
    return del(model<T>(), &object);
  }
  template <typename T>
  QuerySetter<T> query_table() const;

 private:
  using Columns = std::span<const std::string_view>;

  template <typename T>
  const Model& model() const;
  bool read(const Model& model, void* object, Columns columns) const;
  int64_t insert(const Model& model, void* object) const;
  int64_t update(const Model& model, const void* object, Columns columns) const;
  int64_t del(const Model& model, const void* object) const;

  const Database* database_;
};

// The models and the connections. One thread registers the models first. After that the Database is const and all
// workers share it.
class Database {
 public:
  // `pool` must outlive the Database.
  explicit Database(sql::Pool& pool) : pool_(pool) {}

  // Registers the model that T::reflect() returns. Throws Error if T is already registered or has no primary key.
  template <typename T>
  void register_model() {
    register_model(T::reflect());
  }
  // Creates missing tables (Beego's RunSyncdb). Existing tables are not changed. Throws sql::Error.
  void run_sync_db() const;

  std::unique_ptr<Orm> new_orm() const { return std::make_unique<Orm>(*this); }

  const Model& model(std::type_index type) const;  // throws Error if it is not registered
  sql::Pool& pool() const { return pool_; }

 private:
  void register_model(Model model);

  sql::Pool& pool_;
  std::unordered_map<std::type_index, Model> models_;
};

template <typename T>
QuerySetter<T> Orm::query_table() const {
  return QuerySetter<T>(database_->pool(), model<T>());
}

template <typename T>
const Model& Orm::model() const {
  return database_->model(typeid(T));
}

}  // namespace duel::beego::orm
