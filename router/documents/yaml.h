// For the router styles: YAML that a client sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "alloc/same_build.h"
#include "http/grammar/time_text.h"

namespace duel::documents {

// A scalar with the type that Go's yaml.v3 gives it: numbers may be decimal, 0x1f, 0o17, 017 or 0b1, with '_' between
// their digits. A float that is a whole number, such as 1e3, is kSigned. Infinities and NaN are text.
struct YamlScalar {
  enum class Kind : uint8_t { kNull, kBool, kSigned, kUnsigned, kDouble, kText };

  Kind kind = Kind::kText;
  std::string_view text;  // as it is written, without quotes and escapes
  union {
    bool as_bool;
    int64_t as_signed = 0;
    uint64_t as_unsigned;  // only for numbers that int64_t does not hold
    double as_double;
  };
};

// The type of a scalar without quotes.
YamlScalar resolve_yaml(std::string_view text);

// yaml.v3 reads some scalars by the type of the variable. For a bool it accepts the words of YAML 1.1, such as "yes"
// and "off". For a time it accepts RFC 3339, and a date with or without " 15:04:05". For other text these functions
// return nothing, or false.
std::optional<bool> yaml_bool_word(std::string_view text);
bool parse_yaml_time(std::string_view text, http::grammar::Time& to);

// Gets the values of a document in their order. The views are valid during the call. In an object, a key comes before
// each value.
class YamlVisitor {
 public:
  virtual void begin_list() = 0;
  virtual void begin_object() = 0;
  virtual void end() = 0;  // of the list or the object that has begun last
  virtual void key(std::string_view name) = 0;
  virtual void scalar(const YamlScalar& value) = 0;

 protected:
  ~YamlVisitor() = default;
};

// Reads one document with libyaml, of which Go's yaml.v3 is a translation. Returns the problem, or an empty text.
// Refused are aliases and merge keys, because a small text with aliases stands for a large one; tags of YAML other
// than those of JSON's types; and a second document. The visitor refuses keys that are there twice.
std::string_view read_yaml(std::string_view text, YamlVisitor& visitor);

}  // namespace duel::documents
