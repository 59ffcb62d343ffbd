#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "http/grammar/ascii.h"
#include "http/grammar/unicode_case.h"
#include "router/documents/xml.h"
#include "router/gin/binding/convert.h"
#include "router/gin/binding/document_value.h"
#include "router/gin/json/json.h"

// For bind.h: fills structs from values of JSON, YAML and XML.
namespace duel::gin::binding::internal {

template <class T>
BindResult read_value(T& to, const DocumentValue& value, const Place& place, memory::Arena& arena);

// Whether the name of a member is that of a field. In YAML, the names of fields are in lower case, as in Go's yaml.v3.
// In XML, an attribute is a gin::attribute field, and an element another field.
class NameMatch {
 public:
  NameMatch(const DocumentValue& member, std::string_view name)
      : name_(name), format_(member.format()), is_attribute_(member.is_attribute()) {}

  void ignore_case() { ignores_case_ = true; }
  bool may_ignore_case() const { return format_ == DocumentValue::Format::kJson; }
  template <class Field>
  bool operator()(const Field& field) const {
    if (ignores_case_) return http::grammar::equal_fold_unicode(field.name, name_);
    if (format_ == DocumentValue::Format::kYaml) return is_lower_case_of(field.name);
    if (format_ == DocumentValue::Format::kXml && is_attribute_ != field.is(json::Flag::kAttribute)) return false;
    return field.name == name_;
  }

 private:
  bool is_lower_case_of(std::string_view field) const {
    return std::ranges::equal(field, name_, {}, http::grammar::to_lower_ascii);
  }

  std::string_view name_;
  DocumentValue::Format format_;
  bool is_attribute_;
  bool ignores_case_ = false;
};

std::string_view read_bool(bool& to, const DocumentValue& value);
// RFC 3339; in YAML also a date, or a date and a time without a zone.
bool read_time(Time& to, const DocumentValue& value);
// Reads a number of nanoseconds, or in YAML a text such as "1h30m".
std::string_view read_duration(std::chrono::nanoseconds& to, const DocumentValue& value);

template <class T>
std::string_view read_number(T& to, const DocumentValue& value) {
  using Kind = DocumentValue::Kind;
  if (value.kind() == Kind::kElement) {
    const std::string_view text = documents::trim_xml(value.as_text());
    const bool is_blank = text.empty() && !value.as_text().empty();
    return is_blank ? std::integral<T> ? kNotWhole : kNotNumber : parse_number(text, to);
  }
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
template <json::Described Struct>
bool read_member(Struct& to, const NameMatch& is_name_of, const DocumentValue& value, std::span<bool> present,
                 BindResult& result, const Place& place, memory::Arena& arena) {
  size_t i = 0;
  const auto try_field = [&](const auto& field) {
    const size_t at = i++;
    auto& member = to.*field.member;
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (json::kIsEmbedded<std::remove_cvref_t<decltype(field)>>) {
      return read_embedded(member, is_name_of, value, result, place, arena);
    } else {
      if (!is_name_of(field)) return false;
      // null clears a member that can be empty; any other member keeps the value of an earlier duplicate
      if (value.kind() != DocumentValue::Kind::kNull) present[at] = true;
      if (value.kind() == DocumentValue::Kind::kNull && Empties<Member>) present[at] = false;
      result = read_value(member, value, Place{.outer = &place, .name = field.name}, arena);
      return true;
    }
  };
  return std::apply([&](const auto&... field) { return (try_field(field) || ...); }, Struct::json_fields);
}

template <class Member>
bool read_embedded(Member& member, const NameMatch& is_name_of, const DocumentValue& value, BindResult& result,
                   const Place& place, memory::Arena& arena) {
  if constexpr (Empties<Member>) {
    if (member) return read_embedded(*member, is_name_of, value, result, place, arena);
    std::remove_cvref_t<decltype(*member)> fresh{};
    if (!read_embedded(fresh, is_name_of, value, result, place, arena)) return false;
    renew(member) = std::move(fresh);
    return true;
  } else {
    std::array<bool, std::tuple_size_v<decltype(Member::json_fields)>> present{};
    return read_member(member, is_name_of, value, present, result, place, arena);
  }
}

template <json::Described Struct>
BindResult read_object(Struct& to, const DocumentValue& value, const Place& place, memory::Arena& arena) {
  const bool is_null = value.kind() == DocumentValue::Kind::kNull;  // an object without members
  if (!is_null && !value.is_object()) return bind_error(place, kNotObject, arena);
  std::array<bool, std::tuple_size_v<decltype(Struct::json_fields)>> present{};
  BindResult result;
  if (!is_null) {
    value.each_member([&](std::string_view name, const DocumentValue& member) {
      NameMatch is_name_of(member, name);
      if (read_member(to, is_name_of, member, present, result, place, arena) || !is_name_of.may_ignore_case())
        return !result;
      is_name_of.ignore_case();
      read_member(to, is_name_of, member, present, result, place, arena);
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
BindResult read_map(Map& to, const DocumentValue& value, const Place& place, memory::Arena& arena) {
  if (!value.is_object()) return bind_error(place, kNotObject, arena);
  BindResult result;
  value.each_member([&](std::string_view name, const DocumentValue& member) {
    result = read_value(to[std::string(name)], member, Place{.outer = &place, .name = name}, arena);
    return !result;
  });
  return result;
}

template <class T>
BindResult read_list(T& to, const DocumentValue& value, const Place& place, memory::Arena& arena) {
  if (!value.is_list()) return bind_error(place, kNotList, arena);
  BindResult result;
  size_t i = 0;
  if constexpr (View<T>) {
    using Element = typename SpanElement<T>::Type;
    if (value.size() >= kMaxElements) return bind_error(place, kTooLong, arena);
    const std::span<Element> elements = arena.make<Element>(value.size());
    value.each_element([&](const DocumentValue& element) {
      result = read_value(elements[i], element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
    to = elements;
  } else if constexpr (Array<T>) {
    // As in Go: in JSON, further elements are ignored and missing ones are zero; in YAML, their number must be right.
    if (value.format() == DocumentValue::Format::kYaml && value.size() != to.size())
      return bind_error(place, kWrongLength, arena);
    to = {};
    value.each_element([&](const DocumentValue& element) {
      if (i < to.size()) result = read_value(to[i], element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
  } else {
    to.clear();
    value.each_element([&](const DocumentValue& element) {
      result = read_value(to.emplace_back(), element, Place{.outer = &place, .index = i}, arena);
      ++i;
      return !result;
    });
  }
  return result;
}

template <class T>
BindResult read_value(T& to, const DocumentValue& value, const Place& place, memory::Arena& arena) {
  using Kind = DocumentValue::Kind;
  const auto check = [&](std::string_view problem) -> BindResult {
    if (problem.empty()) return {};
    return bind_error(place, problem, arena);
  };
  if constexpr (std::is_same_v<T, DocumentValue>) {
    to = value;
    return {};
  } else if constexpr (Empties<T>) {
    if (value.kind() == Kind::kNull) return to.reset(), BindResult();
    return read_value(to ? *to : renew(to), value, place, arena);
  } else {
    if (value.kind() == Kind::kNull) return {};
    if constexpr (std::is_same_v<T, bool>) {
      return check(read_bool(to, value));
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
      if (!read_time(time, value)) return check(kNotTime);
      return from_time(time, to) ? BindResult() : check(kOutOfRange);
    } else if constexpr (json::kIsDuration<T>) {
      std::chrono::nanoseconds duration{};
      const std::string_view problem = read_duration(duration, value);
      to = std::chrono::duration_cast<T>(duration);
      return check(problem);
    } else {
      static_assert(std::is_assignable_v<T&, std::string_view>,
                    "a member of this type cannot be bound, see router/gin/binding/bind.h");
      if (!value.has_text()) return check(kNotText);
      to = T(arena.copy(value.as_text()));
      return {};
    }
  }
}

}  // namespace duel::gin::binding::internal
