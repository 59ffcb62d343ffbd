#include "router/echo/value.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace duel::echo {
namespace {

std::string json_of(const Value& value) {
  std::string text;
  value.write_json(text);
  return text;
}

TEST(Value, IsWrittenAsGoWritesJson) {
  EXPECT_EQ(json_of({}), "null");
  EXPECT_EQ(json_of(true), "true");
  EXPECT_EQ(json_of(-7), "-7");
  EXPECT_EQ(json_of(int64_t{1} << 62), "4611686018427387904");
  EXPECT_EQ(json_of(0.5), "0.5");
  EXPECT_EQ(json_of(1e21), "1e+21");
  EXPECT_EQ(json_of(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(json_of("<a\n\"\xFF>"), "\"\\u003ca\\n\\\"\\ufffd\\u003e\"");
  EXPECT_EQ(json_of(Value::List{}), "[]");
  EXPECT_EQ(json_of(Value::List{1, "a", Value()}), "[1,\"a\",null]");
  EXPECT_EQ(json_of(Value::Map{}), "{}");
  EXPECT_EQ(json_of(Value::Map{{"a", Value::List{1}}, {"b", Value::Map{{"c", true}}}}),
            "{\"a\":[1],\"b\":{\"c\":true}}");
}

TEST(Value, SortsTheNamesOfAMap) {
  EXPECT_EQ(json_of(Value::Map{{"b", 1}, {"a", 2}, {"", 3}}), "{\"\":3,\"a\":2,\"b\":1}");
}

TEST(Value, IsPrintedAsGoPrintsIt) {
  EXPECT_EQ(Value().go_text(), "<nil>");
  EXPECT_EQ(Value(false).go_text(), "false");
  EXPECT_EQ(Value("a b").go_text(), "a b");
  EXPECT_EQ((Value(Value::List{"", 1, "x"}).go_text()), "[ 1 x]");
  EXPECT_EQ((Value(Value::Map{{"b", "x"}, {"a", 1}}).go_text()), "map[a:1 b:x]");
  EXPECT_EQ(Value(Value::Map{}).go_text(), "map[]");
}

}  // namespace
}  // namespace duel::echo
