#pragma once

#include <concepts>
#include <ranges>
#include <string_view>
#include <type_traits>

#include "router/gin/json/json.h"
#include "router/gin/memory/arena.h"

namespace duel::gin::json {

// For Context::xml(): writes compact JSON as XML, in the form of Go's encoding/xml: an element for each member, one for
// each element of a list, and nothing for null. A member whose name begins with '@' becomes an attribute. `name`: of
// the outermost element. Throws std::domain_error if a name cannot be that of an element.
void write_xml(memory::Buffer& to, std::string_view compact, std::string_view name, memory::Arena& arena);

// The name of the outermost element: T::xml_name, or else the name that Go has for the type.
template <class T>
constexpr std::string_view xml_name_of() {
  if constexpr (requires { T::xml_name; }) {
    return T::xml_name;
  } else if constexpr (std::is_same_v<T, bool>) {
    return "bool";
  } else if constexpr (std::floating_point<T>) {
    return sizeof(T) == sizeof(float) ? "float32" : "float64";
  } else if constexpr (std::integral<T>) {
    constexpr bool kSigned = std::signed_integral<T>;
    switch (sizeof(T)) {
      case 1:
        return kSigned ? "int8" : "uint8";
      case 2:
        return kSigned ? "int16" : "uint16";
      case 4:
        return kSigned ? "int" : "uint";
      default:
        return kSigned ? "int64" : "uint64";
    }
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return "string";
  } else if constexpr (std::is_same_v<T, H> || OrderedMap<T>) {
    return "map";
  } else if constexpr (Nullable<T>) {
    return xml_name_of<std::remove_cvref_t<decltype(*std::declval<const T&>())>>();
  } else if constexpr (std::ranges::input_range<const T> && !Described<T>) {
    return xml_name_of<std::ranges::range_value_t<const T>>();
  } else {
    return "value";
  }
}

}  // namespace duel::gin::json
