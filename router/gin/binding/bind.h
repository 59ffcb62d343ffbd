#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "http/grammar/unicode_case.h"
#include "router/gin/binding/json_value.h"
#include "router/gin/binding/time_text.h"
#include "router/gin/binding/values.h"
#include "router/gin/json/json.h"

// For handlers, through Context::bind() and its siblings: fills a struct from a JSON body, or from the values of a
// query, form, path or header. The struct lists its members in json_fields (json/fields.h). A member may be a bool, a
// number, a std::string_view (a view of the request's memory), a std::string, a time, a duration, another such struct,
// a std::optional or a std::unique_ptr of these, a std::map from std::string to these, or a list: std::span<const T>
// (in the request's memory), std::vector<T> or std::array<T, N>.
//
// As in Gin, a missing field leaves its member unchanged, and a `required` field must be there and must not be zero: a
// number of 0, false and empty text count as missing; a std::optional or a list may hold zero. In JSON, null counts as
// missing, names are compared without regard to letter case, and unknown members are ignored. Unlike in Gin, nothing
// may follow the JSON value.
namespace duel::gin::binding {

// A text for the client that names the field and the problem: "age: must be a whole number". Lives as long as the
// request.
struct BindError {
  std::string_view message;
  int status = 400;  // of the error answer; 415 if the type of the body cannot be bound
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
inline constexpr std::string_view kNotTime = "must be a time such as 2006-01-02T15:04:05Z";
inline constexpr std::string_view kNotDuration = "must be a duration such as 1h30m";
inline constexpr std::string_view kWrongLength = "has the wrong number of elements";

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
concept Owner = requires(T value) {
  value.reset();
  value.get();
} && std::is_same_v<T, std::unique_ptr<typename T::element_type>>;
// A member that can be empty, and a new value in it.
template <class T>
concept Empties = Optional<T> || Owner<T>;
template <Empties T>
auto& renew(T& to) {
  if constexpr (Optional<T>) {
    return to.emplace();
  } else {
    to = std::make_unique<typename T::element_type>();
    return *to;
  }
}
template <class T>
concept TextMap = requires(T value) { value[std::string()]; } && std::is_same_v<typename T::key_type, std::string>;
template <class T>
concept Array = requires { std::tuple_size<T>::value; } && requires(T value) { value.fill(value[0]); };
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
// For the text of a number that is outside the range of a double: whether the number is too small. Its exponent is
// negative then; the exponent of a number that is too large is not.
bool is_below_one(std::string_view number);

// Converts `text` to `to`. Returns the problem, or nothing. Empty text is zero, as in Gin. `layout`: of TimeFormat.
template <class T>
std::string_view parse_number(std::string_view text, T& to) {
  constexpr std::string_view kMalformed = std::integral<T> ? kNotWhole : kNotNumber;
  if (text.empty()) return to = 0, std::string_view();
  if (text.starts_with('+') && !std::unsigned_integral<T>) {  // Go's ParseUint takes no sign
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) return kMalformed;
  }
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return kMalformed;
  if constexpr (std::floating_point<T>) {
    if (error == std::errc::result_out_of_range && !is_below_one(text)) return kOutOfRange;
    if (!std::isfinite(value)) return kMalformed;  // "nan" and "inf", which JSON does not have, either
  } else if (error == std::errc::result_out_of_range) {
    return kOutOfRange;
  }
  to = value;
  return {};
}

template <class T>
std::string_view parse_text(std::string_view text, T& to, std::string_view layout = {}) {
  if constexpr (std::is_same_v<T, bool>) {
    return parse_bool(text, to);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return parse_number(text, to);
  } else if constexpr (json::kIsTime<T>) {
    Time time;
    if (!parse_time(text, layout, time)) return kNotTime;
    return from_time(time, to), std::string_view();
  } else if constexpr (json::kIsDuration<T>) {
    std::chrono::nanoseconds read{};
    if (!parse_duration(text, read)) return kNotDuration;
    return to = std::chrono::duration_cast<T>(read), std::string_view();
  } else if constexpr (Empties<T>) {
    return parse_text(text, renew(to), layout);
  } else {
    static_assert(std::is_assignable_v<T&, std::string_view>,
                  "a member of this type cannot be bound, see router/gin/binding/bind.h");
    to = T(text);
    return {};
  }
}

// Whether a required member has its value. `present`: whether the input had the field.
template <class T>
bool is_given(const T& member, bool present) {
  if constexpr (std::is_arithmetic_v<T> || std::is_convertible_v<const T&, std::string_view>) {
    return !json::is_empty(member);
  } else if constexpr (Empties<T>) {
    return static_cast<bool>(member);
  } else {
    return present;
  }
}

// --- from named values. A source has the functions find(name) and all(name), like Values.

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena);

template <class T>
BindResult read_json(T& to, const JsonValue& value, const Place& place, memory::Arena& arena);

template <class T>
concept HoldsList = View<T> || List<T> || Array<T>;

// Fills a list from its texts. Returns the problem, or nothing; sets `at` to the element.
template <HoldsList T>
std::string_view parse_list(std::span<const std::string_view> texts, T& to, std::string_view layout, size_t& at,
                            memory::Arena& arena) {
  const auto parse_each = [&](auto element) {
    std::string_view problem;
    for (at = 0; at < texts.size() && problem.empty(); ++at) problem = parse_text(texts[at], element(at), layout);
    --at;
    return problem;
  };
  if constexpr (View<T>) {
    const auto elements = arena.make<typename T::value_type>(texts.size());
    to = elements;
    return parse_each([&](size_t i) -> auto& { return elements[i]; });
  } else if constexpr (Array<T>) {
    at = ~size_t{0};
    if (texts.size() != to.size()) return kWrongLength;
    return parse_each([&](size_t i) -> auto& { return to[i]; });
  } else {
    to.clear();
    return parse_each([&](size_t) -> auto& { return to.emplace_back(); });
  }
}

// Maps, lists of structs, and structs that another struct owns (they may hold each other without end).
template <class T>
inline constexpr bool kOnlyFromJson = [] {
  if constexpr (TextMap<T>) {
    return true;
  } else if constexpr (HoldsList<T>) {
    return json::Described<typename T::value_type>;
  } else if constexpr (Owner<T>) {
    return json::Described<typename T::element_type>;
  } else {
    return false;
  }
}();

template <class T>
inline constexpr bool kHoldsListOrStruct = false;
template <Empties T>
inline constexpr bool kHoldsListOrStruct<T> = HoldsList<std::remove_cvref_t<decltype(*std::declval<T&>())>> ||
                                              json::Described<std::remove_cvref_t<decltype(*std::declval<T&>())>>;

// Whether the source has a value for a member of the struct.
template <json::Described Struct, class Source>
bool has_any(const Source& from) {
  const auto has = [&](const auto& field) {
    if constexpr (json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      return true;
    } else {
      return from.find(field.name).has_value();
    }
  };
  return std::apply([&](const auto&... field) { return (has(field) || ...); }, Struct::json_fields);
}

template <class T, class Field, class Source>
BindResult bind_value(T& to, const Field& field, const Source& from, memory::Arena& arena) {
  const auto fail = [&](std::string_view problem, size_t index = ~size_t{0}) -> BindResult {
    if (problem.empty()) return {};
    const Place place{.name = field.name};
    return bind_error(index == ~size_t{0} ? place : Place{.outer = &place, .index = index}, problem, arena);
  };
  if constexpr (kOnlyFromJson<T>) {
    return {};
  } else if constexpr (kHoldsListOrStruct<T>) {
    using Inner = std::remove_cvref_t<decltype(*to)>;
    bool found = from.find(field.name).has_value() || field.otherwise.data() != nullptr;
    if constexpr (json::Described<Inner>) found = found || has_any<Inner>(from);
    if (!found) return fail(field.is(json::Flag::kRequired) && !to ? kMissing : std::string_view());
    return bind_value(renew(to), field, from, arena);
  } else if constexpr (json::Described<T>) {
    // As in Gin: a value with the name of the struct is JSON; otherwise, the fields of the inner struct have no prefix.
    const std::optional<std::string_view> text = from.find(field.name);
    if (!text) return bind_members(to, from, arena);
    JsonValue root;
    if (const auto problem = parse_json(*text, arena, root); !problem.empty()) return fail(problem);
    return read_json(to, root, Place{.name = field.name}, arena);
  } else if constexpr (HoldsList<T>) {
    std::span<const std::string_view> texts = from.all(field.name);
    if (texts.empty() && field.otherwise.data() != nullptr) texts = std::span(&field.otherwise, 1);
    if (texts.empty()) return fail(field.is(json::Flag::kRequired) ? kMissing : std::string_view());
    size_t at = 0;
    const std::string_view problem = parse_list(texts, to, field.layout, at, arena);
    return fail(problem, at);
  } else {
    std::optional<std::string_view> text = from.find(field.name);
    if (!text && field.otherwise.data() != nullptr) text = field.otherwise;
    if (text) {
      if (const auto problem = parse_text(*text, to, field.layout); !problem.empty()) return fail(problem);
    }
    return fail(field.is(json::Flag::kRequired) && !is_given(to, text.has_value()) ? kMissing : std::string_view());
  }
}

template <json::Described Struct, class Source>
BindResult bind_members(Struct& to, const Source& from, memory::Arena& arena) {
  BindResult result;
  const auto bind_member = [&](const auto& field) {
    auto& member = to.*field.member;
    if constexpr (!json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      result = bind_value(member, field, from, arena);
    } else if constexpr (Empties<std::remove_cvref_t<decltype(member)>>) {
      if (has_any<std::remove_cvref_t<decltype(*member)>>(from)) result = bind_members(renew(member), from, arena);
    } else {
      result = bind_members(member, from, arena);
    }
    return result.has_value();
  };
  std::apply([&](const auto&... field) { (bind_member(field) || ...); }, Struct::json_fields);
  return result;
}

// --- from JSON

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
      if (value.to_double(number) && number == 0 && std::signbit(number)) return to = 0, std::string_view();  // -0
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

// Reads one member of an object into the field of that name. Returns false if there is none.
template <json::Described Struct, class Equal>
bool read_member(Struct& to, std::string_view name, const JsonValue& value, std::span<bool> present, Equal equal,
                 BindResult& result, const Place& place, memory::Arena& arena) {
  size_t i = 0;
  const auto try_field = [&](const auto& field) {
    const size_t at = i++;
    auto& member = to.*field.member;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      return read_embedded(member, name, value, equal, result, place, arena);
    } else {
      if (!equal(field.name, name)) return false;
      // null clears a member that can be empty; any other member keeps the value of an earlier duplicate
      if (value.kind() != JsonValue::Kind::kNull) present[at] = true;
      if (value.kind() == JsonValue::Kind::kNull && Empties<Member>) present[at] = false;
      result = read_json(member, value, Place{.outer = &place, .name = field.name}, arena);
      return true;
    }
  };
  return std::apply([&](const auto&... field) { return (try_field(field) || ...); }, Struct::json_fields);
}

template <class Member, class Equal>
bool read_embedded(Member& member, std::string_view name, const JsonValue& value, Equal equal, BindResult& result,
                   const Place& place, memory::Arena& arena) {
  if constexpr (Empties<Member>) {
    if (member) return read_embedded(*member, name, value, equal, result, place, arena);
    std::remove_cvref_t<decltype(*member)> fresh{};
    if (!read_embedded(fresh, name, value, equal, result, place, arena)) return false;
    renew(member) = std::move(fresh);
    return true;
  } else {
    std::array<bool, std::tuple_size_v<decltype(Member::json_fields)>> present{};
    return read_member(member, name, value, present, equal, result, place, arena);
  }
}

template <json::Described Struct>
BindResult read_object(Struct& to, const JsonValue& value, const Place& place, memory::Arena& arena) {
  const bool is_null = value.kind() == JsonValue::Kind::kNull;  // an object without members
  if (!is_null && value.kind() != JsonValue::Kind::kObject) return bind_error(place, kNotObject, arena);
  std::array<bool, std::tuple_size_v<decltype(Struct::json_fields)>> present{};
  BindResult result;
  if (!is_null) {
    value.each_member([&](std::string_view name, const JsonValue& member) {
      if (!read_member(to, name, member, present, std::equal_to<>(), result, place, arena))
        read_member(to, name, member, present, http::grammar::equal_fold_unicode, result, place, arena);
      return !result;
    });
  }
  if (result) return result;
  size_t i = 0;
  const auto require = [&](const auto& field) {
    const bool was_present = present[i++];
    if constexpr (!json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      if (!field.is(json::Flag::kRequired) || is_given(to.*field.member, was_present)) return false;
      result = bind_error(Place{.outer = &place, .name = field.name}, kMissing, arena);
      return true;
    } else {
      return false;
    }
  };
  std::apply([&](const auto&... field) { (require(field) || ...); }, Struct::json_fields);
  return result;
}

template <TextMap Map>
BindResult read_map(Map& to, const JsonValue& value, const Place& place, memory::Arena& arena) {
  if (value.kind() != JsonValue::Kind::kObject) return bind_error(place, kNotObject, arena);
  BindResult result;
  value.each_member([&](std::string_view name, const JsonValue& member) {
    result = read_json(to[std::string(name)], member, Place{.outer = &place, .name = name}, arena);
    return !result;
  });
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
  } else if constexpr (Array<T>) {  // as in Go, further elements are ignored and missing ones are zero
    to = {};
    value.each_element([&](const JsonValue& element) {
      if (i < to.size()) result = read_json(to[i], element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
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
  if constexpr (std::is_same_v<T, JsonValue>) {
    to = value;
    return {};
  } else if constexpr (Empties<T>) {
    if (value.kind() == Kind::kNull) return to.reset(), BindResult();
    return read_json(to ? *to : renew(to), value, place, arena);
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
    } else if constexpr (HoldsList<T>) {
      return read_list(to, value, place, arena);
    } else if constexpr (TextMap<T>) {
      return read_map(to, value, place, arena);
    } else if constexpr (json::kIsTime<T>) {
      Time time;
      if (value.kind() != Kind::kText || !parse_rfc3339(value.as_text(), time)) return check(kNotTime);
      return from_time(time, to), BindResult();
    } else if constexpr (json::kIsDuration<T>) {
      int64_t count = 0;
      const std::string_view problem = read_number(count, value);
      to = std::chrono::duration_cast<T>(std::chrono::nanoseconds(count));
      return check(problem);
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
  if constexpr (json::Described<T>) return internal::read_object(to, root, {}, arena);
  return internal::read_json(to, root, {}, arena);
}

// Binds named values. `from` has the functions find(name) and all(name), like Values.
template <json::Described Struct, class Source>
BindResult bind_values(Struct& to, const Source& from, memory::Arena& arena) {
  return internal::bind_members(to, from, arena);
}

}  // namespace duel::gin::binding
