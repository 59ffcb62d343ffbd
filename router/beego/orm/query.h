// For applications that use the ORM: conditions, order and limits of a query.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "router/beego/orm/model.h"
#include "router/sql/pool.h"

namespace duel::beego::orm {

// The values of one row, each in a box of its own: Beego's ORM scans into pointers to new interface values.
using Row = std::vector<std::unique_ptr<Value>>;

// scan() reads the columns of the current row into boxes. fill() sets the members of `object` from them; `object` must
// be of the model's type.
Row scan(const sql::Rows& rows, const Model& model);
void fill(void* object, const Row& row, const Model& model);

// The conditions with their values, the order and the limits of a QuerySetter: its part that does not depend on the
// type.
class Query {
 public:
  explicit Query(const Model& model) : model_(&model) {}

  const Model& model() const { return *model_; }
  // `expression` is "column" or "column__operator". Throws Error for an unknown column or operator, and for a wrong
  // number of values.
  void add_condition(std::string_view expression, std::vector<Value> values, bool negated);
  void order_by(std::string_view column);  // "-column": descending
  void limit(int64_t rows, int64_t offset);
  void limit_to_one() { limit_ = 1; }
  bool has_limit() const { return limit_ >= 0 || offset_ > 0; }

  // SQL text with a place for each value. values() has the values in that order; they are never part of the text.
  std::string select() const;
  std::string count() const;
  std::string update(const std::vector<std::string_view>& columns) const;
  std::string del() const;
  const std::vector<Value>& values() const { return values_; }

 private:
  std::string where() const { return conditions_.empty() ? std::string() : " WHERE " + conditions_; }
  std::string order_and_limit() const;

  const Model* model_;
  std::string conditions_;
  std::vector<Value> values_;
  std::string order_;
  int64_t limit_ = -1;  // none
  int64_t offset_ = 0;
};

// A set of rows (Beego's QuerySeter). filter(), exclude(), order_by() and limit() return a new set and do not change
// this one.
//
//   std::vector<User> users;
//   orm->query_table<User>().filter("age__gt", 3).order_by("-id").limit(10, 20).all(users);
//
// Operators: exact (the default), strictexact, iexact, ne, contains, icontains, startswith, istartswith, endswith,
// iendswith, gt, gte, lt, lte, in (any number of values, or a vector), isnull (a bool). As in Beego on SQLite,
// operators on parts of a text ignore the case of ASCII letters. There are no relations between tables.
//
// For one request. Members throw Error for wrong uses and sql::Error for errors of the database.
template <typename T>
class QuerySetter {
 public:
  QuerySetter(sql::Pool& pool, const Model& model) : pool_(&pool), query_(model) {}

  template <typename... Values>
  QuerySetter filter(std::string_view expression, const Values&... values) const {
    return with_condition(expression, false, values...);
  }
  template <typename... Values>
  QuerySetter exclude(std::string_view expression, const Values&... values) const {
    return with_condition(expression, true, values...);
  }
  template <typename... Columns>
  QuerySetter order_by(const Columns&... columns) const {
    QuerySetter next = *this;
    (next.query_.order_by(columns), ...);
    return next;
  }
  // Skips the first `offset` rows and takes at most `rows`. As in Beego, `rows` of 0 or less means no limit.
  QuerySetter limit(int64_t rows, int64_t offset = 0) const {
    QuerySetter next = *this;
    next.query_.limit(rows, offset);
    return next;
  }

  // Appends every row of the set. Returns the number of rows.
  size_t all(std::vector<T>& objects) const {
    return read([&](const Row& row) { fill(&objects.emplace_back(), row, query_.model()); });
  }
  // Fills `object` from the first row. False if there is none; then `object` is unchanged.
  bool one(T& object) const {
    return first().read([&](const Row& row) { fill(&object, row, query_.model()); }) == 1;
  }
  // The number of rows without the limits of the set.
  int64_t count() const {
    const auto connection = pool_->take();
    sql::Statement statement = connection->prepare(query_.count());
    sql::Rows rows(statement);
    rows.bind_all(query_.values());
    rows.next();
    return rows.integer(0);
  }
  bool exist() const {
    return first().read([](const Row&) {}) == 1;
  }

  // Sets columns in every row of the set. Returns the number of rows. Throws Error for a set with a limit.
  int64_t update(const std::vector<std::pair<std::string_view, Value>>& changes) const {
    std::vector<std::string_view> columns;
    std::vector<Value> values;
    for (const auto& [column, value] : changes) {
      columns.push_back(column);
      values.push_back(value);
    }
    values.insert(values.end(), query_.values().begin(), query_.values().end());
    return change(query_.update(columns), values);
  }
  // Deletes the rows of the set. Returns the number of rows. Throws Error for a set with a limit. (`delete` is a
  // keyword.)
  int64_t del() const { return change(query_.del(), query_.values()); }

 private:
  QuerySetter first() const {
    QuerySetter next = *this;
    next.query_.limit_to_one();
    return next;
  }
  template <typename... Values>
  QuerySetter with_condition(std::string_view expression, bool negated, const Values&... values) const {
    QuerySetter next = *this;
    std::vector<Value> boxes;
    (box(values, boxes), ...);
    next.query_.add_condition(expression, std::move(boxes), negated);
    return next;
  }
  template <typename V>
  static void box(const V& value, std::vector<Value>& boxes) {
    if constexpr (std::is_arithmetic_v<V>) {
      boxes.push_back(Storage<std::conditional_t<std::is_integral_v<V>, V, double>>::box(value));
    } else if constexpr (std::is_convertible_v<const V&, std::string_view>) {
      boxes.emplace_back(std::string(std::string_view(value)));
    } else if constexpr (std::is_same_v<V, Value>) {
      boxes.push_back(value);
    } else {
      for (const auto& one : value) box(one, boxes);
    }
  }
  template <typename Use>
  size_t read(Use use) const {
    const auto connection = pool_->take();
    sql::Statement statement = connection->prepare(query_.select());
    sql::Rows rows(statement);
    rows.bind_all(query_.values());
    size_t count = 0;
    for (; rows.next(); ++count) use(scan(rows, query_.model()));
    return count;
  }
  int64_t change(const std::string& text, const std::vector<Value>& values) const {
    const auto connection = pool_->take();
    sql::Statement statement = connection->prepare(text);
    sql::Rows rows(statement);
    rows.bind_all(values);
    rows.next();
    return connection->changes();
  }

  sql::Pool* pool_;
  Query query_;
};

}  // namespace duel::beego::orm
