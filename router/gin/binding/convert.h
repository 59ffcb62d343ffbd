#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "router/gin/binding/time_text.h"
#include "router/gin/json/json.h"
#include "router/gin/memory/arena.h"

// For bind.h and read_document.h: errors of binding, kinds of members, and the conversion of texts.
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
    return from_time(time, to) ? std::string_view() : kOutOfRange;
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

template <class T>
concept HoldsList = View<T> || List<T> || Array<T>;

}  // namespace internal

}  // namespace duel::gin::binding
