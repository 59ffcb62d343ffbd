// For applications that use the ORM: which members of a type are columns.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "router/sql/statement.h"

namespace duel::beego::orm {

using sql::Value;

// A wrong use of the ORM: an unknown column or operator, a type that is not registered, a model without a key. Errors
// of the database are sql::Error.
class Error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// How a member's type is stored. SQLite converts a column of another type, as in native SQL. NULL becomes the type's
// zero value, or nullopt in an optional.
template <typename T>
struct Storage;

template <std::integral T>
struct Storage<T> {
  static constexpr const char* kType = "integer";
  static constexpr bool kNullable = false;
  static Value box(T value) { return static_cast<int64_t>(value); }
  static Value read(const sql::Rows& rows, int column) { return rows.integer(column); }
  static T unbox(const Value& value) {
    const auto* integer = std::get_if<int64_t>(&value);
    return integer == nullptr ? T{} : static_cast<T>(*integer);
  }
};

template <>
struct Storage<double> {
  static constexpr const char* kType = "real";
  static constexpr bool kNullable = false;
  static Value box(double value) { return value; }
  static Value read(const sql::Rows& rows, int column) { return rows.real(column); }
  static double unbox(const Value& value) {
    const auto* real = std::get_if<double>(&value);
    return real == nullptr ? 0 : *real;
  }
};

template <>
struct Storage<std::string> {
  static constexpr const char* kType = "text";
  static constexpr bool kNullable = false;
  static Value box(const std::string& value) { return value; }
  static Value read(const sql::Rows& rows, int column) { return std::string(rows.text(column)); }
  static std::string unbox(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text == nullptr ? std::string() : *text;
  }
};

template <typename T>
struct Storage<std::optional<T>> {
  static constexpr const char* kType = Storage<T>::kType;
  static constexpr bool kNullable = true;
  static Value box(const std::optional<T>& value) { return value ? Storage<T>::box(*value) : Value(); }
  static Value read(const sql::Rows& rows, int column) { return Storage<T>::read(rows, column); }
  static std::optional<T> unbox(const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) return std::nullopt;
    return Storage<T>::unbox(value);
  }
};

// One member of a model: its column, how to read the column from a row, and how to read and write the member of an
// object given as void*. Replaces Go's reflect.Value of a field.
struct Field {
  std::string column;
  const char* type;
  bool nullable;
  Value (*read)(const sql::Rows& rows, int column);
  std::function<Value(const void*)> get;
  std::function<void(void*, const Value&)> set;
};

// A type's table and members (Beego's modelInfo). Made once, when the type is registered.
//
//   static orm::Model reflect() {
//     return orm::Model::of<User>("user").auto_pk("id", &User::id).field("name", &User::name);
//   }
class Model {
 public:
  // Names of tables and columns have letters, digits and single '_'. Other names throw Error.
  template <typename T>
  static Model of(std::string table) {
    return {std::move(table), typeid(T)};
  }

  template <typename T, typename Member>
  Model&& field(std::string column, Member T::*member) && {
    add({std::move(column), Storage<Member>::kType, Storage<Member>::kNullable, Storage<Member>::read,
         [member](const void* object) { return Storage<Member>::box(static_cast<const T*>(object)->*member); },
         [member](void* object, const Value& value) {
           static_cast<T*>(object)->*member = Storage<Member>::unbox(value);
         }},
        typeid(T));
    return std::move(*this);
  }
  // The primary key; a model needs exactly one. With auto_pk() the database chooses the number of a row whose key is 0.
  template <typename T, typename Member>
  Model&& pk(std::string column, Member T::*member) && {
    set_pk(false);
    return std::move(*this).field(std::move(column), member);
  }
  template <typename T, std::integral Member>
  Model&& auto_pk(std::string column, Member T::*member) && {
    set_pk(true);
    return std::move(*this).field(std::move(column), member);
  }

  const std::string& table() const { return table_; }
  std::type_index type() const { return type_; }
  const std::vector<Field>& fields() const { return fields_; }
  // Throws Error if there is no such column. "pk" is the primary key, whatever its name.
  const Field& column(std::string_view name) const;
  bool has_pk() const { return pk_ < fields_.size(); }
  const Field& pk() const { return fields_[pk_]; }
  bool is_pk(const Field& field) const { return has_pk() && &field == &fields_[pk_]; }
  bool auto_pk() const { return auto_pk_; }

  std::string create_table() const;

 private:
  Model(std::string table, std::type_index type);
  void add(Field field, std::type_index owner);
  void set_pk(bool automatic);

  std::string table_;
  std::type_index type_;
  std::vector<Field> fields_;
  size_t pk_ = SIZE_MAX;
  bool auto_pk_ = false;
};

// `name` in back quotes, as Beego quotes for SQLite. `name` must be from a Model, whose names have no quotes.
std::string quoted_name(std::string_view name);

}  // namespace duel::beego::orm
