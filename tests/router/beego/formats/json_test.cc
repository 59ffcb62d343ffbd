#include "router/beego/formats/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "router/beego/values/data.h"
#include "tests/http/grammar/json_cases.h"

namespace duel::beego::formats {
namespace {

// Go's encoding/json writes the expected texts for the same values.

TEST(Json, WritesPlainValues) {
  EXPECT_EQ(to_json({}), "null");
  EXPECT_EQ(to_json(nullptr), "null");
  EXPECT_EQ(to_json(true), "true");
  EXPECT_EQ(to_json(-7), "-7");
  EXPECT_EQ(to_json(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(to_json("pong"), "\"pong\"");
  EXPECT_EQ(to_json(std::string_view("pong")), "\"pong\"");
}

TEST(Json, WritesNumbersAsTheGrammar) {
  for (const auto& [number, text] : http::grammar::testing::kJsonDoubleCases) EXPECT_EQ(to_json(number), text);
  for (const auto& [number, text] : http::grammar::testing::kJsonFloatCases) EXPECT_EQ(to_json(number), text);
}

TEST(Json, WritesTheKeysOfAnObjectInOrder) {
  values::Map map;
  map["b"] = values::List{1, "two", values::Map{}};
  map["a"] = std::map<std::string, std::string>{{"y", "1"}, {"x", "2"}};
  map["c"] = std::vector<std::string>{};
  EXPECT_EQ(to_json(map), R"({"a":{"x":"2","y":"1"},"b":[1,"two",{}],"c":[]})");
}

TEST(Json, WritesBytesTimesAndDurations) {
  using namespace std::chrono_literals;
  EXPECT_EQ(to_json(values::Bytes{0, 255, 16}), "\"AP8Q\"");
  EXPECT_EQ(to_json(values::Bytes()), "\"\"");
  using Nanosecond = std::chrono::sys_time<std::chrono::nanoseconds>;
  EXPECT_EQ(to_json(values::Time(1709211907, 0)), "\"2024-02-29T13:05:07Z\"");
  EXPECT_EQ(to_json(values::Time(1709211907, 0, 330min)), "\"2024-02-29T18:35:07+05:30\"");
  EXPECT_EQ(to_json(Nanosecond(1709211907s + 120ms + 3ns)), "\"2024-02-29T13:05:07.120000003Z\"");
  EXPECT_EQ(to_json(Nanosecond(-500ms)), "\"1969-12-31T23:59:59.5Z\"");
  EXPECT_THROW(to_json(values::Time(253'402'300'800, 0)), FormatError) << "the year 10000";
  EXPECT_EQ(to_json(std::chrono::nanoseconds(1500ms)), "1500000000");
}

TEST(Json, EscapesAsTheGrammar) {
  for (const auto& [text, escaped, kept] : http::grammar::testing::kJsonTextCases) {
    EXPECT_EQ(to_json(std::string(text)), escaped);
  }
}

std::string reason_against(const std::any& value) {
  try {
    return to_json(value);
  } catch (const FormatError& error) {
    return error.what();
  }
}

TEST(Json, RefusesValuesWithoutAForm) {
  EXPECT_EQ(reason_against(std::numeric_limits<double>::infinity()), "json: unsupported value: +Inf");
  EXPECT_EQ(reason_against(-std::numeric_limits<float>::infinity()), "json: unsupported value: -Inf");
  EXPECT_EQ(reason_against(-std::numeric_limits<double>::quiet_NaN()), "json: unsupported value: NaN");
  EXPECT_EQ(reason_against(std::vector<int>{1}), "json: unsupported type") << "no name of a type of the program";
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
