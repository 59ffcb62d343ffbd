#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "router/documents/yaml.h"

namespace duel::documents {
namespace {

// The type and the value; the results are those of Go's yaml.v3, except for fractions and infinities (yaml.h).
std::string resolved(std::string_view text) {
  const YamlScalar scalar = resolve_yaml(text);
  switch (scalar.kind) {
    case YamlScalar::Kind::kNull:
      return "null";
    case YamlScalar::Kind::kBool:
      return scalar.as_bool ? "true" : "false";
    case YamlScalar::Kind::kSigned:
      return std::to_string(scalar.as_signed);
    case YamlScalar::Kind::kUnsigned:
      return std::to_string(scalar.as_unsigned) + "u";
    case YamlScalar::Kind::kDouble:
      return std::to_string(scalar.as_double);
    case YamlScalar::Kind::kText:
      break;
  }
  return "text";
}

TEST(ResolveYaml, Words) {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) EXPECT_EQ(resolved(text), "null") << text;
  for (const char* text : {"true", "True", "TRUE"}) EXPECT_EQ(resolved(text), "true") << text;
  for (const char* text : {"false", "False", "FALSE"}) EXPECT_EQ(resolved(text), "false") << text;
  for (const char* text : {"yes", "tRUE", "nULL", ".inf",  ".nan", "-",          ".",     "+",  "_1",    "0x",    "0xg",
                           "0o8", "--5",  "+-5",  "+-5.5", "1:30", "2024-02-29", "1e400", "1e", "0x1p3", "1.2.3", "9_"})
    EXPECT_EQ(resolved(text), text == std::string_view("9_") ? "9" : "text") << text;
}

TEST(ResolveYaml, WholeNumbers) {
  EXPECT_EQ(resolved("+5"), "5");
  EXPECT_EQ(resolved("-0x1F"), "-31");
  EXPECT_EQ(resolved("0o17"), "15");
  EXPECT_EQ(resolved("017"), "15");
  EXPECT_EQ(resolved("08"), "8") << "no octal number, but a float";
  EXPECT_EQ(resolved("0b11"), "3");
  EXPECT_EQ(resolved("1__0_"), "10");
  EXPECT_EQ(resolved("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(resolved("18446744073709551615"), "18446744073709551615u");
  EXPECT_EQ(resolved("18446744073709551616"), "18446744073709551616.000000");
  EXPECT_EQ(resolved("1e3"), "1000");
  EXPECT_EQ(resolved("5."), "5");
}

TEST(ResolveYaml, Fractions) {
  EXPECT_EQ(resolved(".5"), "0.500000");
  EXPECT_EQ(resolved("+1.5e1"), "15");
  EXPECT_EQ(resolved("-1_0.25"), "-10.250000");
  EXPECT_EQ(resolved("-0.0"), "-0.000000");
  EXPECT_EQ(resolved(std::string(600, '1')), "text");
}

}  // namespace
}  // namespace duel::documents
