// For applications in the Gin style, under the names gin::field, gin::fields and gin::embedded: how a struct describes
// itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace duel::gin::json {

// What Go writes in the tags of a field. Several can be given: gin::field("n", &S::n, gin::required, gin::omit_empty).
enum class Flag : uint8_t {
  kRequired = 1,   // input without this field, or with zero in it, is refused (binding:"required")
  kOmitEmpty = 2,  // left out of the output if it is false, 0, null, or has no elements (,omitempty)
  kQuoted = 4,     // numbers, bool and text are written in quotes (,string)
  kAttribute = 8,  // in XML an attribute of the element (,attr)
};
inline constexpr Flag required = Flag::kRequired;     // NOLINT: these read as words
inline constexpr Flag omit_empty = Flag::kOmitEmpty;  // NOLINT
inline constexpr Flag quoted = Flag::kQuoted;         // NOLINT
inline constexpr Flag attribute = Flag::kAttribute;   // NOLINT

// The value of a field that a query, form, path or header does not have (form:"a,default=7").
struct Default {
  std::string_view text;
};
constexpr Default default_value(std::string_view text) {
  return {text};
}

// The form of a time in a query, form, path or header: a layout of Go, "unix" or "unixNano" (time_format:"2006-01-02").
struct TimeFormat {
  std::string_view layout;
};
constexpr TimeFormat time_format(std::string_view layout) {
  return {layout};
}

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
  uint8_t flags = 0;
  std::string_view otherwise{};  // of Default; data() is null if there is none
  std::string_view layout{};     // of TimeFormat

  constexpr bool is(Flag flag) const { return (flags & static_cast<uint8_t>(flag)) != 0; }
  constexpr void take(Flag flag) { flags = static_cast<uint8_t>(flags | static_cast<uint8_t>(flag)); }
  constexpr void take(Default value) { otherwise = value.text; }
  constexpr void take(TimeFormat format) { layout = format.layout; }
};

template <class Struct, class Member, class... Options>
constexpr auto field(std::string_view name, Member Struct::*member, Options... options) {
  Field<Struct, Member> described{name, member};
  (described.take(options), ...);
  return described;
}

// A struct whose fields stand among those of the outer one (an embedded struct of Go). It may be a std::optional or a
// pointer; if that is empty, the fields are missing. A field of the outer struct hides an embedded one of the same
// name.
template <class Struct, class Member>
struct Embedded {
  Member Struct::*member;
};

template <class Struct, class Member>
constexpr auto embedded(Member Struct::*member) {
  return Embedded<Struct, Member>{member};
}

template <class T>
inline constexpr bool kIsEmbedded = false;
template <class Struct, class Member>
inline constexpr bool kIsEmbedded<Embedded<Struct, Member>> = true;

template <class... Fields>
constexpr auto fields(Fields... list) {
  return std::tuple<Fields...>(list...);
}

template <class T>
concept Described = requires { T::json_fields; };

// Whether the struct itself has a field of this name.
template <class Struct>
constexpr bool has_field(std::string_view name) {
  const auto is = [&](const auto& field) {
    if constexpr (kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      return false;
    } else {
      return field.name == name;
    }
  };
  return std::apply([&](const auto&... field) { return (is(field) || ...); }, Struct::json_fields);
}

}  // namespace duel::gin::json
