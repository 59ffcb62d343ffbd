#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>

#include "router/beego/orm/query.h"

// Objects as rows of SQLite, in the way of Beego's client/orm. What it costs is what Beego's costs: an Orm for each
// request, SQL text put together and compiled for each call (Beego keeps no statements unless told to), a box for each
// column of a row, members set by boxed callables. sql::Pool beside it is what native SQL with prepared statements
// costs.
//
// Injection: values are always bound; names of tables and columns come from the models, and what a request calls a
// column is looked up there. Calls wait for SQLite on the calling thread, see sql::Pool.
namespace duel::beego::orm {

class Database;

// One request's way to the database (Beego's Ormer). Members throw Error, and sql::Error for what the database refuses.
class Orm {
 public:
  explicit Orm(const Database& database) : database_(&database) {}

  // Fills `object` from the row whose columns, by default the primary key, are as in `object`; false, and `object` as
  // it was, if there is none.
  template <typename T>
  bool read(T& object, std::initializer_list<std::string_view> columns = {}) const {
    return read(model<T>(), &object, columns);
  }
  // Inserts and returns the row's number, which is set in `object` too if its key is automatic.
  template <typename T>
  int64_t insert(T& object) const {
    return insert(model<T>(), &object);
  }
  // Writes these columns, by default all, to the row of the same key; how many rows there were, 0 or 1.
  template <typename T>
  int64_t update(const T& object, std::initializer_list<std::string_view> columns = {}) const {
    return update(model<T>(), &object, columns);
  }
  // Deletes the row of the same key; how many. `delete` is a keyword.
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

// The models and the connections. Models are registered first, by one thread; from the first new_orm() on it is const
// and shared by all workers.
class Database {
 public:
  // `pool` outlives it.
  explicit Database(sql::Pool& pool) : pool_(pool) {}

  // By T::reflect(). Throws Error: twice, no primary key.
  template <typename T>
  void register_model() {
    register_model(T::reflect());
  }
  // Makes the tables that are not there (Beego's RunSyncdb). Throws sql::Error.
  void run_sync_db() const;

  std::unique_ptr<Orm> new_orm() const { return std::make_unique<Orm>(*this); }

  const Model& model(std::type_index type) const;  // throws Error
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
