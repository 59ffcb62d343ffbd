#pragma once

#include <any>
#include <cstddef>
#include <optional>
#include <string_view>

// The tables of values that the recorded applications send (tests/data/context/FORMAT.md).
namespace duel::context::beego_twin {

inline constexpr size_t kJsonValues = 149;
inline constexpr size_t kXmlValues = 15;
inline constexpr size_t kYamlValues = 44;

// A value for which the style has no counterpart.
struct Absent {
  std::string_view of;
};

// An Absent if the style cannot express the value.
std::any json_value(size_t row);
std::any xml_value(size_t row);
std::any yaml_value(size_t row);

}  // namespace duel::context::beego_twin
