// For applications in the Gin style, under the names gin::H, gin::field and gin::fields.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "router/gin/memory/buffer.h"

// JSON output as Go's encoding/json writes it: no spaces, < > and & escaped, the keys of H sorted. It goes directly
// into the body, without an allocation. A struct describes its fields:
//
//   struct User {
//     std::string_view name;
//     int age = 0;
//     static constexpr auto json_fields = gin::fields(gin::field("name", &User::name), gin::field("age", &User::age));
//   };
//
// write() accepts such structs, H, bool, numbers, text, std::optional (null if empty), nullptr, ranges of these, and
// ordered maps from text to these (std::map).
namespace duel::gin::json {

// For binding/bind.h: whether input without this field is refused.
enum class Presence : bool { kOptional, kRequired };
inline constexpr Presence required =
    Presence::kRequired;  // NOLINT: reads as in Gin, field("name", &User::name, required)

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
  Presence presence;
};

template <class Struct, class Member>
constexpr auto field(std::string_view name, Member Struct::*member, Presence presence = Presence::kOptional) {
  return Field<Struct, Member>{name, member, presence};
}

template <class... Fields>
constexpr auto fields(Fields... list) {
  return std::tuple<Fields...>(list...);
}

// The destination of JSON text. If `escape_html` is set, < > and & are escaped, so that the JSON can be embedded in
// HTML. Gin's PureJSON does not escape them.
struct Writer {
  Writer(memory::Buffer& buffer, bool html = true)
      : to(buffer), escape_html(html) {}  // NOLINT: the conversion is intended
  memory::Buffer& to;
  bool escape_html;
};

void write_text(const Writer& writer, std::string_view text);
void write_signed(memory::Buffer& to, int64_t number);
void write_unsigned(memory::Buffer& to, uint64_t number);
// The shortest text that reads back as the same number. Throws std::domain_error for infinities and NaN, which JSON
// cannot represent.
void write_double(memory::Buffer& to, double number);
void write_float(memory::Buffer& to, float number);

// Writes `compact`, a JSON text, with one line per member and four spaces per level (Go's json.MarshalIndent in Gin's
// IndentedJSON).
void write_indented(memory::Buffer& to, std::string_view compact);

template <class T>
concept Described = requires { T::json_fields; };

template <class T>
concept OrderedMap = requires {
  typename T::key_compare;
  typename T::mapped_type;
} && std::is_convertible_v<const typename T::key_type&, std::string_view>;

template <class T>
void write(const Writer& writer, const T& value);

// Gin's gin.H, a small object: `c.json(200, gin::H{{"message", "pong"}, {"count", 3}, {"user", user}})`. It copies
// numbers and bool. It keeps a view of text and references to all other values, so use it only in the expression that
// creates it.
class H {
 public:
  // Use a struct for a larger object.
  static constexpr size_t kMaxEntries = 16;

  struct Entry {
    enum class Kind : uint8_t { kNull, kBool, kSigned, kUnsigned, kDouble, kText, kOther };

    Entry() = default;
    Entry(std::string_view key, std::nullptr_t) : name(key) {}
    Entry(std::string_view key, std::string_view value) : name(key), text(value), kind(Kind::kText) {}
    Entry(std::string_view key, const char* value) : name(key), text(value), kind(Kind::kText) {}
    Entry(std::string_view key, bool value) : name(key), number{.as_unsigned = value}, kind(Kind::kBool) {}
    Entry(std::string_view key, std::signed_integral auto value)
        : name(key), number{.as_signed = value}, kind(Kind::kSigned) {}
    Entry(std::string_view key, std::unsigned_integral auto value)
        : name(key), number{.as_unsigned = value}, kind(Kind::kUnsigned) {}
    Entry(std::string_view key, std::floating_point auto value)
        : name(key), number{.as_double = value}, kind(Kind::kDouble) {}
    // Every other type that write() accepts.
    template <class T>
      requires(!std::is_arithmetic_v<T> && !std::is_null_pointer_v<T> &&
               !std::is_convertible_v<const T&, std::string_view>)
    Entry(std::string_view key, const T& value)
        : name(key), number{.as_other = &value}, write_other(&write_value<T>), kind(Kind::kOther) {}

    template <class T>
    static void write_value(const Writer& writer, const void* value) {
      write(writer, *static_cast<const T*>(value));
    }

    std::string_view name;
    std::string_view text;
    union Number {
      int64_t as_signed = 0;
      uint64_t as_unsigned;
      double as_double;
      const void* as_other;
    } number;
    void (*write_other)(const Writer&, const void*) = nullptr;
    Kind kind = Kind::kNull;
  };

  // Throws std::length_error for more than kMaxEntries names. The last of several entries with the same name is used,
  // as in a map.
  H(std::initializer_list<Entry> entries);

  const Entry* begin() const { return entries_.data(); }
  const Entry* end() const { return entries_.data() + size_; }

 private:
  size_t size_ = 0;
  std::array<Entry, kMaxEntries> entries_;  // sorted by name, as in the JSON of a Go map
};

void write_object(const Writer& writer, const H& object);

template <class Struct>
void write_struct(const Writer& writer, const Struct& value) {
  memory::Buffer& to = writer.to;
  char before = '{';
  const auto write_field = [&](const auto& field) {
    to.append(before);
    before = ',';
    write_text(writer, field.name);
    to.append(':');
    write(writer, value.*field.member);
  };
  std::apply([&](const auto&... field) { (write_field(field), ...); }, Struct::json_fields);
  if (before == '{') to.append('{');
  to.append('}');
}

template <OrderedMap Map>
void write_map(const Writer& writer, const Map& map) {
  char before = '{';
  for (const auto& [name, value] : map) {
    writer.to.append(before);
    before = ',';
    write_text(writer, name);
    writer.to.append(':');
    write(writer, value);
  }
  if (before == '{') writer.to.append('{');
  writer.to.append('}');
}

template <class T>
void write(const Writer& writer, const T& value) {
  memory::Buffer& to = writer.to;  // NOLINT(misc-const-correctness): most types change it
  if constexpr (std::is_same_v<T, bool>) {
    to.append(value ? std::string_view("true") : std::string_view("false"));
  } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
    to.append(std::string_view("null"));
  } else if constexpr (std::signed_integral<T>) {
    write_signed(to, value);
  } else if constexpr (std::unsigned_integral<T>) {
    write_unsigned(to, value);
  } else if constexpr (std::is_same_v<T, float>) {
    write_float(to, value);
  } else if constexpr (std::floating_point<T>) {
    write_double(to, value);
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    write_text(writer, value);
  } else if constexpr (std::is_same_v<T, H>) {
    write_object(writer, value);
  } else if constexpr (Described<T>) {
    write_struct(writer, value);
  } else if constexpr (OrderedMap<T>) {
    write_map(writer, value);
  } else if constexpr (requires {
                         *value;
                         value.has_value();
                       }) {
    if (value.has_value()) {
      write(writer, *value);
    } else {
      write(writer, nullptr);
    }
  } else {
    static_assert(std::ranges::input_range<const T>,
                  "this type needs a json_fields descriptor, see router/gin/json/json.h");
    char before = '[';
    for (const auto& element : value) {
      to.append(before);
      before = ',';
      write(writer, element);
    }
    if (before == '[') to.append('[');
    to.append(']');
  }
}

}  // namespace duel::gin::json
