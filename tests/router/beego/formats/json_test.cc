#include "router/beego/formats/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "router/beego/values/data.h"

namespace duel::beego::formats {
namespace {

// The expected texts are what Go's encoding/json writes for the same values.

TEST(Json, PlainValues) {
  EXPECT_EQ(to_json({}), "null");
  EXPECT_EQ(to_json(nullptr), "null");
  EXPECT_EQ(to_json(true), "true");
  EXPECT_EQ(to_json(-7), "-7");
  EXPECT_EQ(to_json(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(to_json("pong"), "\"pong\"");
  EXPECT_EQ(to_json(std::string_view("pong")), "\"pong\"");
}

TEST(Json, NumbersAreShort) {
  EXPECT_EQ(to_json(0.0), "0");
  EXPECT_EQ(to_json(-0.0), "-0");
  EXPECT_EQ(to_json(1.5), "1.5");
  EXPECT_EQ(to_json(100.0), "100");
  EXPECT_EQ(to_json(1e20), "100000000000000000000");
  EXPECT_EQ(to_json(1e21), "1e+21");
  EXPECT_EQ(to_json(1e-6), "0.000001");
  EXPECT_EQ(to_json(1e-7), "1e-7");
  EXPECT_EQ(to_json(1.25e-10), "1.25e-10");
  EXPECT_EQ(to_json(5e-324), "5e-324");
  EXPECT_EQ(to_json(0.1F), "0.1");
}

TEST(Json, ObjectsHaveTheirKeysInOrder) {
  values::Map map;
  map["b"] = values::List{1, "two", values::Map{}};
  map["a"] = std::map<std::string, std::string>{{"y", "1"}, {"x", "2"}};
  map["c"] = std::vector<std::string>{};
  EXPECT_EQ(to_json(map), R"({"a":{"x":"2","y":"1"},"b":[1,"two",{}],"c":[]})");
}

TEST(Json, TextIsEscaped) {
  EXPECT_EQ(to_json(std::string("\"\\/\b\f\n\r\t\x01\x7F")), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\"");
  EXPECT_EQ(to_json("<a href='x'>&</a>"), R"("\u003ca href='x'\u003e\u0026\u003c/a\u003e")");
  EXPECT_EQ(to_json("über 日本 \xF0\x9F\x98\x80"), "\"über 日本 \xF0\x9F\x98\x80\"");
  EXPECT_EQ(to_json("\u2028\u2029"), R"("\u2028\u2029")");
}

TEST(Json, BytesThatAreNoTextBecomeReplacementCharacters) {
  EXPECT_EQ(to_json("a\xFFz"), R"("a\ufffdz")");
  EXPECT_EQ(to_json("\xC3"), R"("\ufffd")") << "cut short";
  EXPECT_EQ(to_json("\xC0\xAF"), R"("\ufffd\ufffd")") << "overlong";
  EXPECT_EQ(to_json("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")") << "surrogate";
  EXPECT_EQ(to_json("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")") << "beyond U+10FFFF";
}

TEST(Json, WhatHasNoFormIsRefused) {
  EXPECT_THROW(to_json(std::numeric_limits<double>::infinity()), FormatError);
  EXPECT_THROW(to_json(std::numeric_limits<double>::quiet_NaN()), FormatError);
  EXPECT_THROW(to_json(std::vector<int>{1}), FormatError);
  values::List deep;
  for (int i = 0; i < 1100; ++i) {
    values::List outer;
    outer.emplace_back(std::move(deep));
    deep = std::move(outer);
  }
  EXPECT_THROW(to_json(deep), FormatError);
}

}  // namespace
}  // namespace duel::beego::formats
