#include "router/gin/json/json.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/http/grammar/json_cases.h"

namespace duel::gin::testing {
namespace {

template <class T>
std::string written(const T& value) {
  memory::Buffer buffer;
  json::write(buffer, value);
  return std::string(buffer.view());
}

struct Inner {
  int x = 0;
  static constexpr auto json_fields = fields(json::field("x", &Inner::x));
};
struct Outer {
  std::string name;
  std::vector<Inner> list;
  std::optional<bool> flag;
  Inner inner;
  static constexpr auto json_fields = fields(json::field("name", &Outer::name), json::field("list", &Outer::list),
                                             json::field("flag", &Outer::flag), json::field("inner", &Outer::inner));
};
struct Empty {
  static constexpr auto json_fields = json::fields();
};

TEST(Json, WritesStructsOptionalsAndRanges) {
  EXPECT_EQ(written(Outer{"n", {{1}, {2}}, std::nullopt, {3}}),
            R"({"name":"n","list":[{"x":1},{"x":2}],"flag":null,"inner":{"x":3}})");
  EXPECT_EQ(written(Empty{}), "{}");
  EXPECT_EQ(written(std::vector<int>{}), "[]");
  EXPECT_EQ(written(nullptr), "null");
}

TEST(Json, EscapesAsTheGrammar) {
  for (const auto& [text, escaped, kept] : http::grammar::testing::kJsonTextCases) {
    EXPECT_EQ(written(text), escaped);
    memory::Buffer buffer;
    json::write(json::Writer(buffer, false), text);
    EXPECT_EQ(buffer.view(), kept);
  }
}

TEST(Json, WritesNumbersAsTheGrammar) {
  for (const auto& [number, text] : http::grammar::testing::kJsonDoubleCases) EXPECT_EQ(written(number), text);
  for (const auto& [number, text] : http::grammar::testing::kJsonFloatCases) EXPECT_EQ(written(number), text);
  EXPECT_EQ(written(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(written(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_THROW(written(std::nan("")), std::domain_error);
  EXPECT_THROW(written(std::numeric_limits<float>::infinity()), std::domain_error);
}

TEST(Json, SortsTheKeysOfAnObject) {
  EXPECT_EQ(written(json::H{{"z", 1}, {"a", "text"}, {"m", true}, {"d", 1.5}, {"n", nullptr}, {"u", 7U}}),
            R"({"a":"text","d":1.5,"m":true,"n":null,"u":7,"z":1})");
  EXPECT_EQ(written(json::H{{"a", 1}, {"a", 2}}), R"({"a":2})");
  EXPECT_EQ(written(json::H{}), "{}");
}

TEST(Json, NestsObjectsMapsAndLists) {
  EXPECT_EQ(written(json::H{{"user", json::H{{"name", "a"}, {"tags", std::vector<std::string>{"x", "y"}}}},
                            {"inner", Inner{1}},
                            {"maybe", std::optional<int>()},
                            {"list", std::array<json::H, 2>{json::H{{"i", 1}}, json::H{}}}}),
            R"({"inner":{"x":1},"list":[{"i":1},{}],"maybe":null,"user":{"name":"a","tags":["x","y"]}})");
  EXPECT_EQ(written(std::map<std::string, std::vector<int>>{{"b", {}}, {"a\"", {1}}}), R"({"a\"":[1],"b":[]})");
  EXPECT_EQ(written(std::map<std::string_view, int>{}), "{}");
}

TEST(Json, RefusesAnObjectThatIsTooLarge) {
  EXPECT_THROW((json::H{{"0", 0},
                        {"1", 0},
                        {"2", 0},
                        {"3", 0},
                        {"4", 0},
                        {"5", 0},
                        {"6", 0},
                        {"7", 0},
                        {"8", 0},
                        {"9", 0},
                        {"a", 0},
                        {"b", 0},
                        {"c", 0},
                        {"d", 0},
                        {"e", 0},
                        {"f", 0},
                        {"g", 0}}),
               std::length_error);
}

TEST(Json, GrowsBeyondTheInlineBuffer) {
  const std::string large(3 * memory::Buffer::kInlineBytes, 'x');
  EXPECT_EQ(written(large), '"' + large + '"');
}

}  // namespace
}  // namespace duel::gin::testing
