#include "http/grammar/json_text.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/http/grammar/json_cases.h"

namespace duel::http::grammar::testing {
namespace {

std::string written(std::string_view text, JsonHtml html) {
  std::string json;
  write_json_text(text, html, [&](std::string_view piece) { json.append(piece); });
  return json;
}

std::string indented(std::string_view compact, std::string_view indent) {
  std::string json;
  indent_json(compact, indent, [&](std::string_view piece) { json.append(piece); });
  return json;
}

template <typename Number>
std::string written(Number number) {
  char text[kJsonNumberBytes];
  return {text, write_json_number(number, text)};
}

TEST(JsonText, EscapesAsGo) {
  for (const auto& [text, escaped, kept] : kJsonTextCases) {
    EXPECT_EQ(written(text, JsonHtml::kEscaped), escaped);
    EXPECT_EQ(written(text, JsonHtml::kKept), kept);
  }
}

TEST(JsonText, WritesNumbersAsGo) {
  for (const auto& [number, text] : kJsonDoubleCases) EXPECT_EQ(written(number), text);
  for (const auto& [number, text] : kJsonFloatCases) EXPECT_EQ(written(number), text);
}

TEST(JsonText, IndentsMembers) {
  EXPECT_EQ(indented("7", "  "), "7");
  EXPECT_EQ(indented("{}", "  "), "{}");
  EXPECT_EQ(indented(R"({"a":[1,{"b":[]}],"c":{}})", "    "), R"({
    "a": [
        1,
        {
            "b": []
        }
    ],
    "c": {}
})");
  EXPECT_EQ(indented(R"({"a,{\"\\":"[:,\""})", "\t"), "{\n\t\"a,{\\\"\\\\\": \"[:,\\\"\"\n}");
}

TEST(JsonText, CallbacksAreNamesOfFunctions) {
  for (const char* name : {"f", "a.b[0]", "$_", "1", "\u00E9"}) EXPECT_TRUE(is_callback(name)) << name;
  for (const char* text : {"", "a b", "a(1)", "x;alert", "<b>", "a=b", "'", "\\", "a\n", "\u2028", "a\u2029"}) {
    EXPECT_FALSE(is_callback(text)) << text;
  }
}

TEST(JsonText, WritesAscii) {
  std::string ascii;
  write_ascii_json("{\"a\":\"\u00E9\u20AC\\u003c\U0001F600\xFF\"}",
                   [&](std::string_view piece) { ascii.append(piece); });
  EXPECT_EQ(ascii, R"({"a":"\u00e9\u20ac\u003c\ud83d\ude00\ufffd"})");
}

}  // namespace
}  // namespace duel::http::grammar::testing
