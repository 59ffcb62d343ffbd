#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "http/grammar/ascii.h"
#include "router/gin/binding/json_value.h"
#include "router/gin/binding/values.h"
#include "router/gin/json/json.h"

// For handlers, through Context::bind() and its siblings: fills a struct from a JSON body, or from the values of a
// query, form, path or header. The struct lists its members in json_fields (json/json.h). A member may be a bool, a
// number, a std::string_view (a view of the request's memory), a std::string, another such struct, a std::optional of
// these, or a list: std::span<const T> (in the request's memory) or std::vector<T>.
//
// As in Gin, a missing field leaves its member unchanged, unless the field is `required`. In JSON, null counts as
// missing, names are compared without regard to letter case, and unknown members are ignored. Unlike in Gin, nothing
// may follow the JSON value, and a required field may be zero.
namespace duel::gin::binding {

// A text for the client that names the field and the problem: "age: must be a whole number". Lives as long as the
// request.
struct BindError {
  std::string_view message;
};
using BindResult = std::optional<BindError>;  // empty if bound

namespace internal {

inline constexpr std::string_view kNotWhole = "must be a whole number";
inline constexpr std::string_view kNotNumber = "must be a number";
inline constexpr std::string_view kOutOfRange = "is out of range";
inline constexpr std::string_view kNotBool = "must be true or false";
inline constexpr std::string_view kNotText = "must be text";
inline constexpr std::string_view kNotList = "must be a list";
inline constexpr std::string_view kTooLong = "has too many elements";
inline constexpr std::string_view kNotObject = "must be an object";
inline constexpr std::string_view kMissing = "is required";

// The position in the struct, for the error message: outer.name[index]. An element of a list has no name.
struct Place {
  const Place* outer = nullptr;
  std::string_view name{};
  size_t index = 0;
};
BindError bind_error(const Place& place, std::string_view problem, memory::Arena& arena);

template <class T>
concept Optional = requires(T value) {
  value.has_value();
  value.emplace();
};
template <class T>
struct SpanElement : std::false_type {};
template <class T>
struct SpanElement<std::span<const T>> : std::true_type {
  using Type = T;
};
template <class T>
concept View = SpanElement<T>::value;
template <class T>
concept List = requires(T value) {
  value.emplace_back();
  value.clear();
} && !std::is_same_v<T, std::string>;

std::string_view parse_bool(std::string_view text, bool& to);

// Converts `text` to `to`. Returns the problem, or nothing. Empty text is zero, as in Gin.
template <class T>
std::string_view parse_text(std::string_view text, T& to) {
  if constexpr (std::is_same_v<T, bool>) {
    return parse_bool(text, to);
  } else if constexpr (std::is_arithmetic_v<T>) {
    constexpr std::string_view kMalformed = std::integral<T> ? kNotWhole : kNotNumber;
    if (text.empty()) return to = 0, std::string_view();
    if (text.starts_with('+')) {
      text.remove_prefix(1);
      if (text.starts_with('-') || text.starts_with('+')) return kMalformed;
    }
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return kOutOfRange;
    if (error != std::errc() || end != text.data() + text.size()) return kMalformed;
    if constexpr (std::floating_point<T>) {
      if (!std::isfinite(value)) return kMalformed;  // "nan" and "inf", which JSON does not have, either
    }
    to = value;
    return {};
  } else if constexpr (Optional<T>) {
    return parse_text(text, to.emplace());
  } else {
    static_assert(std::is_assignable_v<T&, std::string_view>,
                  "a member of this type cannot be bound, see router/gin/binding/bind.h");
    to = T(text);
    return {};
  }
}

// --- from named values. A source has the functions find(name) and all(name), like Values.

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena);

template <class T, class Source>
BindResult bind_value(T& to, std::string_view name, json::Presence presence, const Source& from, memory::Arena& arena) {
  const auto fail = [&](std::string_view problem, size_t index = ~size_t{0}) -> BindResult {
    if (problem.empty()) return {};
    const Place field{.name = name};
    return bind_error(index == ~size_t{0} ? field : Place{.outer = &field, .index = index}, problem, arena);
  };
  if constexpr (json::Described<T>) {
    return bind_members(to, from, arena);  // as in Gin, the fields of an inner struct have no prefix
  } else if constexpr (View<T> || List<T>) {
    const std::span<const std::string_view> texts = from.all(name);
    if (texts.empty()) return fail(presence == json::Presence::kRequired ? kMissing : std::string_view());
    std::span<typename T::value_type> elements;
    if constexpr (View<T>) {
      elements = arena.make<typename T::value_type>(texts.size());
      to = elements;
    } else {
      to.clear();
    }
    for (size_t i = 0; i < texts.size(); ++i) {
      auto& element = [&]() -> auto& {
        if constexpr (View<T>) {
          return elements[i];
        } else {
          return to.emplace_back();
        }
      }();
      if (const auto problem = parse_text(texts[i], element); !problem.empty()) return fail(problem, i);
    }
    return {};
  } else {
    const std::optional<std::string_view> text = from.find(name);
    if (!text) return fail(presence == json::Presence::kRequired ? kMissing : std::string_view());
    return fail(parse_text(*text, to));
  }
}

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena) {
  BindResult result;
  std::apply(
      [&](const auto&... field) {
        ((result = bind_value(to.*field.member, field.name, field.presence, from, arena), result.has_value()) || ...);
      },
      Struct::json_fields);
  return result;
}

// --- from JSON

template <class T>
BindResult read_json(T& to, const JsonValue& value, const Place& place, memory::Arena& arena);

template <class T>
std::string_view read_number(T& to, const JsonValue& value) {
  using Kind = JsonValue::Kind;
  if constexpr (std::integral<T>) {
    if (value.kind() == Kind::kSigned && std::in_range<T>(value.as_signed())) {
      to = static_cast<T>(value.as_signed());
    } else if (value.kind() == Kind::kUnsigned && std::in_range<T>(value.as_unsigned())) {
      to = static_cast<T>(value.as_unsigned());
    } else {
      double number = 0;
      const bool large = value.to_double(number) && std::fabs(number) >= 0x1p63;  // such an integer is a kDouble
      const bool whole = value.kind() == Kind::kSigned || value.kind() == Kind::kUnsigned;
      return whole || large ? kOutOfRange : kNotWhole;
    }
    return {};
  } else {
    double number = 0;
    if (!value.to_double(number)) return kNotNumber;
    if (number > std::numeric_limits<T>::max() || number < std::numeric_limits<T>::lowest()) return kOutOfRange;
    to = static_cast<T>(number);
    return {};
  }
}

template <json::Described Struct>
BindResult read_object(Struct& to, const JsonValue& value, const Place& place, memory::Arena& arena) {
  if (value.kind() != JsonValue::Kind::kObject) return bind_error(place, kNotObject, arena);
  constexpr size_t kFields = std::tuple_size_v<decltype(Struct::json_fields)>;
  std::array<bool, kFields> present{};
  BindResult result;
  const auto read_member = [&](std::string_view name, const JsonValue& member, auto equal) {
    size_t i = 0;
    const auto try_field = [&](const auto& field) {
      const size_t at = i++;
      if (!equal(field.name, name)) return false;
      if (member.kind() != JsonValue::Kind::kNull) {
        present[at] = true;
      } else if constexpr (Optional<std::remove_cvref_t<decltype(to.*field.member)>>) {
        present[at] = false;  // null clears an optional; any other member keeps the value of an earlier duplicate
      }
      result = read_json(to.*field.member, member, Place{.outer = &place, .name = field.name}, arena);
      return true;
    };
    return std::apply([&](const auto&... field) { return (try_field(field) || ...); }, Struct::json_fields);
  };
  value.each_member([&](std::string_view name, const JsonValue& member) {
    if (!read_member(name, member, std::equal_to<>())) read_member(name, member, http::grammar::equal_fold_ascii);
    return !result;
  });
  if (result) return result;
  size_t i = 0;
  const auto require = [&](const auto& field) {
    if (present[i++] || field.presence == json::Presence::kOptional) return false;
    result = bind_error(Place{.outer = &place, .name = field.name}, kMissing, arena);
    return true;
  };
  std::apply([&](const auto&... field) { (require(field) || ...); }, Struct::json_fields);
  return result;
}

template <class T>
BindResult read_list(T& to, const JsonValue& value, const Place& place, memory::Arena& arena) {
  if (value.kind() != JsonValue::Kind::kArray) return bind_error(place, kNotList, arena);
  BindResult result;
  size_t i = 0;
  if constexpr (View<T>) {
    using Element = typename SpanElement<T>::Type;
    if (value.size() >= kMaxJsonElements) return bind_error(place, kTooLong, arena);
    const std::span<Element> elements = arena.make<Element>(value.size());
    value.each_element([&](const JsonValue& element) {
      result = read_json(elements[i], element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
    to = elements;
  } else {
    to.clear();
    value.each_element([&](const JsonValue& element) {
      result = read_json(to.emplace_back(), element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
  }
  return result;
}

template <class T>
BindResult read_json(T& to, const JsonValue& value, const Place& place, memory::Arena& arena) {
  using Kind = JsonValue::Kind;
  const auto check = [&](std::string_view problem) -> BindResult {
    if (problem.empty()) return {};
    return bind_error(place, problem, arena);
  };
  if constexpr (Optional<T>) {
    if (value.kind() == Kind::kNull) return to.reset(), BindResult();
    return read_json(to.emplace(), value, place, arena);
  } else {
    if (value.kind() == Kind::kNull) return {};
    if constexpr (std::is_same_v<T, bool>) {
      if (value.kind() != Kind::kBool) return check(kNotBool);
      to = value.as_bool();
      return {};
    } else if constexpr (std::is_arithmetic_v<T>) {
      return check(read_number(to, value));
    } else if constexpr (json::Described<T>) {
      return read_object(to, value, place, arena);
    } else if constexpr (View<T> || List<T>) {
      return read_list(to, value, place, arena);
    } else {
      static_assert(std::is_assignable_v<T&, std::string_view>,
                    "a member of this type cannot be bound, see router/gin/binding/bind.h");
      if (value.kind() != Kind::kText) return check(kNotText);
      to = T(arena.copy(value.as_text()));
      return {};
    }
  }
}

}  // namespace internal

// Binds a JSON body. T is a struct with json_fields or a list of such structs.
template <class T>
BindResult bind_json(T& to, std::string_view body, memory::Arena& arena) {
  JsonValue root;
  if (const std::string_view problem = parse_json(body, arena, root); !problem.empty()) {
    return internal::bind_error({.name = "body"}, problem, arena);
  }
  if (root.kind() == JsonValue::Kind::kNull) return internal::bind_error({.name = "body"}, internal::kMissing, arena);
  return internal::read_json(to, root, {}, arena);
}

// Binds named values. `from` has the functions find(name) and all(name), like Values.
template <json::Described Struct, class Source>
BindResult bind_values(Struct& to, const Source& from, memory::Arena& arena) {
  return internal::bind_members(to, from, arena);
}

}  // namespace duel::gin::binding
