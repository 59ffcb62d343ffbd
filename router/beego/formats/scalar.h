#pragma once

#include <any>
#include <string>
#include <string_view>

// Boxed values that are no collections, as text: what the XML and the YAML encoder share.
namespace duel::beego::formats {

struct Scalar {
  enum class Kind { kNone, kNull, kText, kTruth, kInteger, kFloat };  // kNone: no scalar

  Kind kind = Kind::kNone;
  std::string text;            // as Go's strconv writes it: floats with 'g', as short as they can be
  std::string_view type_name;  // of the Go type that it stands for: "int", "float64"
};

Scalar read_scalar(const std::any& value);

}  // namespace duel::beego::formats
