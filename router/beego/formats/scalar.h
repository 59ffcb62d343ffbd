// For the XML and YAML encoders and for templates.
#pragma once

#include <any>
#include <string>
#include <string_view>

// Boxed values other than collections, as text.
namespace duel::beego::formats {

struct Scalar {
  // kNone: the box holds a collection or an unknown type.
  enum class Kind { kNone, kNull, kText, kTruth, kInteger, kFloat };

  Kind kind = Kind::kNone;
  std::string text;            // as Go's strconv writes it; floats with the format 'g', as short as possible
  std::string_view type_name;  // of the corresponding Go type, such as "int" or "float64"
};

Scalar read_scalar(const std::any& value);

}  // namespace duel::beego::formats
