// For the members of Context that read a body in XML or YAML.
#pragma once

#include <algorithm>
#include <any>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "http/grammar/ascii.h"
#include "http/grammar/time_text.h"
#include "router/beego/formats/document.h"
#include "router/beego/values/convert.h"
#include "router/beego/values/data.h"
#include "router/beego/values/fields.h"
#include "router/beego/values/number.h"
#include "router/documents/xml.h"

namespace duel::beego::formats {

// Scalars of YAML, as Go's yaml.v3 reads them into variables of these types. False if it would refuse.
bool read_bool(const Document& value, bool& to);
// nullptr, bool, int64_t, uint64_t, double, std::string, List or Map.
std::any box(const Document& value);

template <std::integral T>
bool read_whole(const documents::YamlScalar& scalar, T& to) {
  using Kind = documents::YamlScalar::Kind;
  if (scalar.kind == Kind::kSigned && std::in_range<T>(scalar.as_signed)) {
    to = static_cast<T>(scalar.as_signed);
  } else if (scalar.kind == Kind::kUnsigned && std::in_range<T>(scalar.as_unsigned)) {
    to = static_cast<T>(scalar.as_unsigned);
  } else {
    return false;
  }
  return true;
}

template <std::floating_point T>
bool read_real(const documents::YamlScalar& scalar, T& to) {
  using Kind = documents::YamlScalar::Kind;
  if (scalar.kind == Kind::kSigned) return to = static_cast<T>(scalar.as_signed), true;
  if (scalar.kind == Kind::kUnsigned) return to = static_cast<T>(scalar.as_unsigned), true;
  if (scalar.kind != Kind::kDouble) return false;
  return values::narrow(scalar.as_double, to);
}

// Moves a value of YAML into a variable: a bool, number, text, Time, std::any, std::optional, std::vector or a struct
// with described fields, whose names are in lower case in YAML. As in Go, null and unknown names change nothing. False
// if a value has another type, or a number does not fit.
template <typename T>
bool unbox_yaml(const Document& value, T& to) {
  const bool is_scalar = value.kind == Document::Kind::kScalar;
  if constexpr (std::is_same_v<T, std::any>) {
    to = box(value);
    return true;
  } else if (is_scalar && value.scalar.kind == documents::YamlScalar::Kind::kNull) {
    if constexpr (values::IsOptional<T>::value) to.reset();
    return true;
  } else if constexpr (values::IsOptional<T>::value) {
    return unbox_yaml(value, to.emplace());
  } else if constexpr (values::IsVector<T>::value) {
    if (value.kind != Document::Kind::kList) return false;
    T elements(value.children.size());
    for (size_t i = 0; i < elements.size(); ++i) {
      if (!unbox_yaml(value.children[i], elements[i])) return false;
    }
    to = std::move(elements);
    return true;
  } else if constexpr (values::Described<T>) {
    if (value.kind != Document::Kind::kObject) return false;
    return values::each_field(to, [&](std::string_view name, auto& member) {
      return std::ranges::all_of(value.children, [&](const Document& child) {
        const bool is_member = std::ranges::equal(name, child.name, {}, http::grammar::to_lower_ascii);
        return !is_member || unbox_yaml(child, member);
      });
    });
  } else if (!is_scalar) {
    return false;
  } else if constexpr (std::is_same_v<T, bool>) {
    return read_bool(value, to);
  } else if constexpr (std::integral<T>) {
    return read_whole(value.scalar, to);
  } else if constexpr (std::floating_point<T>) {
    return read_real(value.scalar, to);
  } else if constexpr (std::is_same_v<T, values::Time>) {
    return documents::parse_yaml_time(value.text, to);
  } else {
    to = value.text;
    return true;
  }
}

// The same for an element of XML. Its children with the name of a field are the values of the field: a std::vector has
// all of them, another variable the last one. A std::any stays, as in Go.
template <typename T>
bool unbox_xml(const Document& element, T& to) {
  if constexpr (values::IsOptional<T>::value) {
    return unbox_xml(element, to ? *to : to.emplace());
  } else if constexpr (values::IsVector<T>::value) {
    return unbox_xml(element, to.emplace_back());
  } else if constexpr (values::Described<T>) {
    return values::each_field(to, [&](std::string_view name, auto& member) {
      return std::ranges::all_of(element.children,
                                 [&](const Document& child) { return child.name != name || unbox_xml(child, member); });
    });
  } else if constexpr (std::is_same_v<T, std::any>) {
    return true;
  } else if constexpr (std::is_same_v<T, std::string>) {
    to = element.text;
    return true;
  } else if constexpr (std::is_same_v<T, values::Time>) {
    return http::grammar::parse_rfc3339(element.text, to);
  } else {
    if (element.text.empty()) return to = T{}, true;  // as in Go's encoding/xml
    const std::string_view text = documents::trim_xml(element.text);
    const auto read = [&] {
      if constexpr (std::is_same_v<T, bool>) {
        return values::parse_bool(text);
      } else {
        return values::parse_number<T>(text);
      }
    }();
    if (read) to = *read;
    return read.has_value();
  }
}

}  // namespace duel::beego::formats
