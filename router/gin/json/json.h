// For applications in the Gin style, under the names gin::H, gin::field and gin::fields.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "router/gin/json/fields.h"
#include "router/gin/json/time.h"
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
// write() accepts such structs, H, bool, numbers, text, std::optional and pointers (null if empty), nullptr, times (RFC
// 3339), durations (nanoseconds), bytes (std::byte, as base64), ranges and tuples of these, ordered maps from text or
// whole numbers to these (std::map), and types that write themselves.
namespace duel::gin::json {

// How the names of fields are written. XML and YAML are made from JSON (xml.h, yaml.h): an attribute gets an '@' before
// its name; Go's yaml.v3 writes names in lower case.
enum class Names : uint8_t { kAsGiven, kOfXml, kLowerCase };

// The destination of JSON text. If `escape_html` is set, < > and & are escaped, so that the JSON can be embedded in
// HTML. Gin's PureJSON does not escape them.
struct Writer {
  Writer(memory::Buffer& buffer, bool html = true, Names field_names = Names::kAsGiven)
      : to(buffer), escape_html(html), names(field_names) {}  // NOLINT: the conversion is intended
  memory::Buffer& to;
  bool escape_html;
  Names names;
};

void write_text(const Writer& writer, std::string_view text);
void write_name(const Writer& writer, std::string_view name, bool is_attribute);
void write_signed(memory::Buffer& to, int64_t number);
void write_unsigned(memory::Buffer& to, uint64_t number);
// The shortest text that reads back as the same number. Throws std::domain_error for infinities and NaN, which JSON
// cannot represent.
void write_double(memory::Buffer& to, double number);
void write_float(memory::Buffer& to, float number);

// Writes `compact`, a JSON text, with one line per member and four spaces per level (Go's json.MarshalIndent in Gin's
// IndentedJSON).
void write_indented(memory::Buffer& to, std::string_view compact);

// A type that writes its own JSON, like Go's json.Marshaler: void write_json(const gin::json::Writer& writer) const.
template <class T>
concept WritesItself = requires(const T& value, const Writer& writer) { value.write_json(writer); };

// A number that is kept as text, such as 1.50e+3 (Go's json.Number). Empty text is 0. Writing throws std::domain_error
// if the text is no number.
struct Number {
  std::string_view text;
  void write_json(const Writer& writer) const;
};

// JSON that is ready (Go's json.RawMessage). It is written without blanks. Writing throws std::domain_error if it is
// not JSON.
struct Raw {
  std::string_view text;
  void write_json(const Writer& writer) const;
};

void write_base64(memory::Buffer& to, std::span<const std::byte> bytes);
void write_quoted(const Writer& writer, std::string_view text);  // a JSON text inside of a JSON text

template <class T>
concept OrderedMap = requires {
  typename T::key_compare;
  typename T::mapped_type;
} && (std::is_convertible_v<const typename T::key_type&, std::string_view> || std::integral<typename T::key_type>);

// std::optional and pointers, but not to text.
template <class T>
concept Nullable = requires(const T& value) {
  *value;
  static_cast<bool>(value);
} && !std::is_array_v<T> && !std::is_convertible_v<const T&, std::string_view>;

template <class T>
inline constexpr bool kIsTuple = false;
template <class... Elements>
inline constexpr bool kIsTuple<std::tuple<Elements...>> = true;
template <class T>
inline constexpr bool kIsTime = std::is_same_v<T, Time>;
template <class Duration>
inline constexpr bool kIsTime<std::chrono::sys_time<Duration>> = true;
template <class T>
inline constexpr bool kIsDuration = false;
template <std::integral Count, class Period>
inline constexpr bool kIsDuration<std::chrono::duration<Count, Period>> = true;

// Whether omit_empty leaves the value out.
template <class T>
bool is_empty(const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return value == T{};
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return std::string_view(value).empty();
  } else if constexpr (Nullable<T>) {
    return !value;
  } else if constexpr (kIsDuration<T>) {
    return value.count() == 0;
  } else if constexpr (requires { std::ranges::empty(value); }) {
    return std::ranges::empty(value);
  } else {
    return false;
  }
}

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

template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_convertible_v<const T&, std::string_view>;
template <class T>
concept CanBeQuoted =
    Scalar<T> || (Nullable<T> && requires(const T& value) { requires Scalar<std::remove_cvref_t<decltype(*value)>>; });

// As `,string` in Go: numbers, bool and text in quotes; null as it is.
template <class T>
void write_in_quotes(const Writer& writer, const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    write_quoted(writer, value);
  } else if constexpr (Nullable<T>) {
    if (value) return write_in_quotes(writer, *value);
    write(writer, nullptr);
  } else {
    static_assert(std::is_arithmetic_v<T>, "only numbers, bool and text can be gin::quoted");
    writer.to.append('"');
    write(writer, value);
    writer.to.append('"');
  }
}

// `before` is '{' until the first field is written. hidden(name): whether an outer struct has a field of this name.
template <class Struct, class Hidden>
void write_fields(const Writer& writer, const Struct& value, char& before, Hidden hidden) {
  const auto write_field = [&](const auto& field) {
    const auto& member = value.*field.member;
    if constexpr (kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      const auto inner_hidden = [&](std::string_view name) { return hidden(name) || has_field<Struct>(name); };
      if constexpr (Nullable<std::remove_cvref_t<decltype(member)>>) {
        if (member) write_fields(writer, *member, before, inner_hidden);
      } else {
        write_fields(writer, member, before, inner_hidden);
      }
    } else {
      if (hidden(field.name) || (field.is(Flag::kOmitEmpty) && is_empty(member))) return;
      writer.to.append(before);
      before = ',';
      write_name(writer, field.name, field.is(Flag::kAttribute));
      writer.to.append(':');
      if constexpr (CanBeQuoted<std::remove_cvref_t<decltype(member)>>) {
        if (field.is(Flag::kQuoted)) return write_in_quotes(writer, member);
      }
      write(writer, member);
    }
  };
  std::apply([&](const auto&... field) { (write_field(field), ...); }, Struct::json_fields);
}

template <class Struct>
void write_struct(const Writer& writer, const Struct& value) {
  char before = '{';
  write_fields(writer, value, before, [](std::string_view) { return false; });
  if (before == '{') writer.to.append('{');
  writer.to.append('}');
}

// Keys that are numbers become text, and are sorted as text.
template <std::integral Key, class Value>
auto in_order_of_text(const std::map<Key, Value>& map) {
  std::vector<std::pair<std::string, const Value*>> entries;
  for (const auto& [key, value] : map) entries.emplace_back(std::to_string(key), &value);
  std::ranges::sort(entries, {}, [](const auto& entry) -> const std::string& { return entry.first; });
  return entries;
}

template <OrderedMap Map>
void write_map(const Writer& writer, const Map& map) {
  char before = '{';
  const auto write_entry = [&](std::string_view name, const auto& value) {
    writer.to.append(before);
    before = ',';
    write_text(writer, name);
    writer.to.append(':');
    write(writer, value);
  };
  if constexpr (std::integral<typename Map::key_type>) {
    for (const auto& [name, value] : in_order_of_text(map)) write_entry(name, *value);
  } else {
    for (const auto& [name, value] : map) write_entry(name, value);
  }
  if (before == '{') writer.to.append('{');
  writer.to.append('}');
}

// `each(visit)` calls visit(element) for each element.
template <class Each>
void write_list(const Writer& writer, Each each) {
  char before = '[';
  each([&](const auto& element) {
    writer.to.append(before);
    before = ',';
    write(writer, element);
  });
  if (before == '[') writer.to.append('[');
  writer.to.append(']');
}

template <class T>
void write(const Writer& writer, const T& value) {
  memory::Buffer& to = writer.to;  // NOLINT(misc-const-correctness): most types change it
  if constexpr (WritesItself<T>) {
    value.write_json(writer);
  } else if constexpr (std::is_same_v<T, bool>) {
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
  } else if constexpr (kIsTime<T>) {
    append_time(to, value);
  } else if constexpr (kIsDuration<T>) {
    write_signed(to, std::chrono::duration_cast<std::chrono::nanoseconds>(value).count());
  } else if constexpr (Described<T>) {
    write_struct(writer, value);
  } else if constexpr (OrderedMap<T>) {
    write_map(writer, value);
  } else if constexpr (Nullable<T>) {
    if (value) {
      write(writer, *value);
    } else {
      write(writer, nullptr);
    }
  } else if constexpr (kIsTuple<T>) {
    write_list(writer, [&](auto visit) { std::apply([&](const auto&... each) { (visit(each), ...); }, value); });
  } else if constexpr (std::is_convertible_v<const T&, std::span<const std::byte>>) {
    write_base64(to, value);
  } else {
    static_assert(std::ranges::input_range<const T>,
                  "this type needs a json_fields descriptor, see router/gin/json/json.h");
    write_list(writer, [&](auto visit) {
      for (const auto& element : value) visit(element);
    });
  }
}

}  // namespace duel::gin::json
