// For the members of Context that read a JSON body.
#pragma once

#include <any>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/grammar/ascii.h"
#include "router/beego/values/convert.h"
#include "router/beego/values/data.h"
#include "router/beego/values/fields.h"
#include "router/beego/values/number.h"

namespace duel::beego::formats {

// The boxed value of a JSON text (RFC 8259): nullptr, bool, int64_t, uint64_t, double, std::string, List or Map.
// Nothing if the text is malformed, is no UTF-8, has a whole number of more than 64 bits, or is nested too deeply.
std::optional<std::any> parse_json(std::string_view text);

// Moves a boxed value of parse_json() into a variable: a bool, number, text, std::any, std::optional, std::vector or a
// struct with described fields, whose names are compared without regard to letter case. As in Go, null and unknown
// names change nothing. False if a value has another type, or a number does not fit.
template <typename T>
bool unbox(std::any&& box, T& to) {
  if constexpr (std::is_same_v<T, std::any>) {
    to = std::move(box);
    return true;
  } else if (box.type() == typeid(std::nullptr_t)) {
    if constexpr (values::IsOptional<T>::value) to.reset();
    return true;
  } else if constexpr (values::IsOptional<T>::value) {
    return unbox(std::move(box), to.emplace());
  } else if constexpr (std::integral<T> && !std::is_same_v<T, bool>) {
    const auto take = [&](const auto* number) {
      if (number == nullptr || !std::in_range<T>(*number)) return false;
      to = static_cast<T>(*number);
      return true;
    };
    return take(std::any_cast<int64_t>(&box)) || take(std::any_cast<uint64_t>(&box));
  } else if constexpr (std::floating_point<T>) {
    if (const auto* real = std::any_cast<double>(&box)) return values::narrow(*real, to);
    if (const auto* whole = std::any_cast<int64_t>(&box)) return to = static_cast<T>(*whole), true;
    if (const auto* large = std::any_cast<uint64_t>(&box)) return to = static_cast<T>(*large), true;
    return false;
  } else if constexpr (values::IsVector<T>::value) {
    auto* list = std::any_cast<values::List>(&box);
    if (list == nullptr) return false;
    T elements(list->size());
    for (size_t i = 0; i < list->size(); ++i) {
      if (!unbox(std::move((*list)[i]), elements[i])) return false;
    }
    to = std::move(elements);
    return true;
  } else if constexpr (values::Described<T>) {
    auto* map = std::any_cast<values::Map>(&box);
    if (map == nullptr) return false;
    return values::each_field(to, [&](std::string_view name, auto& member) {
      for (auto& [key, value] : *map) {
        if (http::grammar::equal_fold_ascii(key, name) && !unbox(std::move(value), member)) return false;
      }
      return true;
    });
  } else {
    auto* same = std::any_cast<T>(&box);
    if (same == nullptr) return false;
    to = std::move(*same);
    return true;
  }
}

}  // namespace duel::beego::formats
