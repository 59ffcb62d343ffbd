// For the members of Controller and Input that fill variables and structs.
#pragma once

#include <any>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "router/beego/values/data.h"
#include "router/beego/values/number.h"

namespace duel::beego::values {

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

// A type that holds one value of a form, see convert().
template <typename T>
struct IsScalar : std::bool_constant<std::is_arithmetic_v<T> || std::is_same_v<T, Time> ||
                                     std::is_same_v<T, std::string> || std::is_same_v<T, std::any>> {};
template <typename T>
struct IsScalar<std::optional<T>> : IsScalar<T> {};

// The words of Beego's forms besides those of parse_bool(), in any letter case: on, yes; off, no.
std::optional<bool> parse_form_bool(std::string_view text);

// "2006-01-02", "2006-01-02 15:04:05" (or with a T) or "15:04:05" of the year 0, in UTC, or RFC 3339. As in Beego, the
// length of the text decides between them, bytes behind such a text are ignored, and no text is the year 1. Nothing if
// the text is another one.
std::optional<Time> parse_time(std::string_view text);

// Reads one value of a form into a bool, number, text, Time or std::any, which becomes the text. False, and `to` stays,
// if the text is malformed, or the number does not fit. (Beego cuts off the bits that do not fit.)
template <typename T>
bool convert(std::string_view text, T& to) {
  const auto take = [&](auto value) {
    if (value) to = std::move(*value);
    return value.has_value();
  };
  if constexpr (IsOptional<T>::value) {
    return convert(text, to.emplace());
  } else if constexpr (std::is_same_v<T, bool>) {
    return take(parse_form_bool(text));
  } else if constexpr (std::is_arithmetic_v<T>) {
    return take(parse_number<T>(text));
  } else if constexpr (std::is_same_v<T, Time>) {
    return take(parse_time(text));
  } else {
    static_assert(std::is_same_v<T, std::string> || std::is_same_v<T, std::any>,
                  "a member of this type cannot be bound");
    to = std::string(text);
    return true;
  }
}

}  // namespace duel::beego::values
