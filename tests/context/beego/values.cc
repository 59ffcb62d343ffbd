#include "tests/context/beego/values.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "router/beego/context.h"
#include "tests/context/json_floats.h"

namespace duel::context::beego_twin {
namespace {

using beego::List;
using beego::Map;
using beego::Record;
using std::string;
using namespace std::string_literals;

string repeat(const string& text, int times) {
  string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

string control_bytes() {
  string bytes;
  for (char c = 0; c < ' '; ++c) bytes.push_back(c);
  return bytes + "\x7f";
}

std::vector<uint8_t> bytes_of(const string& text) {
  return {text.begin(), text.end()};
}

Record named(const string& name, int age) {
  return {.type = "user", .fields = {{"name", name}, {"age", age}}};
}

List numbers(std::initializer_list<int> values) {
  return List(values.begin(), values.end());
}

std::any nested(int depth) {
  std::any value = 1;
  for (int i = 0; i < depth; ++i) value = List{value};
  return value;
}

std::any counted_map(int entries) {
  Map map;
  for (int i = 0; i < entries; ++i) map["k"s + static_cast<char>('0' + i / 10) + static_cast<char>('0' + i % 10)] = i;
  return map;
}

std::any counted_list(int entries) {
  List list;
  for (int i = 0; i < entries; ++i) list.emplace_back(i);
  return list;
}

struct Unknown {};  // a type that no format has, as a channel or a function

// Rows 66 to 85 and 147, 148.
std::any json_text(size_t row) {
  switch (row) {
    case 66:
      return ""s;
    case 67:
      return "hello"s;
    case 68:
      return R"(say "hi" \ / done)"s;
    case 69:
      return control_bytes();
    case 70:
      return "<b>&amp;</b>"s;
    case 71:
      return "a\u2028b\u2029c"s;
    case 72:
      return "é ß ñ"s;
    case 73:
      return "日本語"s;
    case 74:
      return "😀 and 𝒳"s;
    case 75:
      return "\ufeffbom"s;
    case 76:
      return "\ufffd"s;
    case 77:
      return "\U0010ffff\ue000\u07ff\u0800"s;
    case 78:
      return "a\xff\x62"s;
    case 79:
      return "\xe2\x82"s;
    case 80:
      return "\xed\xa0\x80"s;
    case 81:
      return "\xc0\xaf."s;
    case 82:
      return "\xf4\x90\x80\x80"s;
    case 83:
      return "\xc3\xa9\xe9\xc3\xa9"s;
    case 84:
      return "\u0085\u00a0\u200b\u200d"s;
    case 85:
      return repeat("abcdefghij", 500);
    case 147:
      return "</script><script>alert('1')</script>"s;
    default:
      return "line1\nline2\r\n\ttab"s;
  }
}

// Rows 86 to 119: bytes, lists, maps, structs. The members that a Go struct leaves out when they are zero, or hides,
// are left out by the Record's maker.
std::any json_collection(size_t row) {
  switch (row) {
    case 87:
      return std::vector<uint8_t>();
    case 88:
      return bytes_of("\x00\xff\x10>?"s);
    case 89:
      return bytes_of("hello world");
    case 91:
      return List();
    case 92:
      return numbers({1, -2, 3});
    case 93:
      return List{true, false, true};
    case 94:
      return std::vector<string>{"", "a", "<"};
    case 95:
      return List{List(), nullptr, numbers({1, 2})};
    case 96:
      return List{nullptr, true, 1, 2.5, "x"s, List(), Map()};
    case 97:
      return List{1, nullptr, 3};
    case 99:
      return Map();
    case 100:
      return Map{{"b", 2}, {"a", 1}, {"C", 3}, {"B", 4}, {"aa", 5}, {"", 0}};
    case 101:
      return Map{{"é", 1}, {"z", 2}, {"😀", 3}, {"\uffff", 4}};
    case 102:
      return std::map<string, string>{{"<k>", "<v>"}, {"q\"", "&"}, {"tab\t", "\u2028"}};
    case 103:
      return std::map<string, string>{{"10", "ten"}, {"9", "nine"}, {"-1", "minus"}};
    case 104:
      return Map{{"message", "pong"s}};
    case 105:
      return Map{{"z", Map{{"y", Map{{"x", Map{{"w", List{1, Map{{"b", 1}, {"a", 2}}}}}}}}, {"a", nullptr}}}};
    case 106:
      return Record{.type = "empty", .fields = {}};
    case 107:
    case 108:
      return named("ann", 7);
    case 110:
      return List{named("a", 1), named("<b>", -2)};
    case 111:
      return Record{.type = "tags", .fields = {{"ID", 1}, {"UserName", "u"s}, {"-", "d"s}}};
    case 112:
      return Record{.type = "omit", .fields = {{"n", named("", 0)}}};
    case 113:
      return Record{.type = "omit",
                    .fields = {{"i", 1},
                               {"u", 2u},
                               {"f", 0.5},
                               {"b", true},
                               {"s", "s"s},
                               {"p", 7},
                               {"l", numbers({0})},
                               {"m", Map{{"k", 0}}},
                               {"n", named("n", 1)},
                               {"x", false}}};
    case 114:
      return Record{.type = "omit", .fields = {{"p", 0}, {"n", named("", 0)}}};
    case 115:
      return Record{
          .type = "quoted",
          .fields = {
              {"i", "1"s}, {"u", "255"s}, {"f", "1.5"s}, {"b", "true"s}, {"s", "\"x\\u003c\""s}, {"p", nullptr}}};
    case 116:
      return Record{.type = "outer", .fields = {{"id", 1}, {"kind", "own"s}, {"z", 9}}};
    case 117:
      return Record{.type = "outer", .fields = {{"id", 1}, {"note", "n"s}, {"kind", "own"s}, {"z", 9}}};
    case 118:
      return Record{.type = "tree",
                    .fields = {{"name", "r"s},
                               {"kids", List{Record{.type = "tree", .fields = {{"name", "a"s}, {"kids", nullptr}}},
                                             Record{.type = "tree", .fields = {{"name", "b"s}, {"kids", List()}}}}}}};
    case 119:
      return Record{.type = "nulls", .fields = {{"a", nullptr}, {"b", nullptr}}};
    default:
      return nullptr;  // bytes, lists, maps and pointers that are null
  }
}

}  // namespace

std::any json_value(size_t row) {
  using std::chrono::nanoseconds;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr int64_t kLeapDay = 1'709'211'907;  // 2024-02-29 13:05:07
  constexpr int64_t kZoneMinutes = 330;
  if (is_double(row)) return double_of(row);
  if (is_float(row)) return float_of(row);
  if ((row >= 66 && row <= 85) || row == 147 || row == 148) return json_text(row);
  if (row >= 86 && row <= 119) return json_collection(row);
  switch (row) {
    case 0:
      return nullptr;
    case 1:
      return true;
    case 2:
      return false;
    case 3:
      return 0;
    case 4:
      return -1;
    case 5:
      return std::numeric_limits<int64_t>::min();
    case 6:
      return std::numeric_limits<int64_t>::max();
    case 7:
      return std::numeric_limits<uint64_t>::max();
    case 8:
      return static_cast<signed char>(-128);
    case 9:
      return static_cast<unsigned char>(255);
    case 10:
      return int64_t{9007199254740993};
    case 120:
      return beego::Time(kLeapDay, 0);
    case 121:
      return beego::Time(kLeapDay - kZoneMinutes * 60, 120'000'003, std::chrono::minutes(kZoneMinutes));
    case 122:
      return beego::Time(-62'135'596'800, 0);
    case 123:
      return beego::Time(253'402'300'800, 0);
    case 124:
      return nanoseconds(1'500'000'000);
    case 125:
    case 126:
    case 127:
      return Absent{"json.Number"};
    case 128:
    case 129:
      return Absent{"json.RawMessage"};
    case 130:
    case 131:
    case 132:
      return Absent{"json.Marshaler and encoding.TextMarshaler"};
    case 133:
      return std::numeric_limits<double>::quiet_NaN();
    case 134:
      return kInfinity;
    case 135:
      return -std::numeric_limits<float>::infinity();
    case 136:
      return Map{{"ok", 1}, {"z", std::numeric_limits<double>::quiet_NaN()}};
    case 137:
      return List{1, kInfinity};
    case 138:
    case 139:
      return Unknown();
    case 140:
      return List{0, 0.5, 1e21, 1e-7, -0.0};
    case 141:
      return Map{{"a", List()}, {"b", Map()}, {"c", List(1, List())}, {"d", List{Map()}}, {"e", ""s}};
    case 142:
      return Map{{"user", named("ann", 7)},
                 {"tags", std::vector<string>{"a", "b"}},
                 {"ok", true},
                 {"none", nullptr},
                 {"pi", 3.14}};
    case 143:
      return counted_list(100);
    case 144:
      return counted_map(30);
    case 145:
      return nested(60);
    default:
      return numbers({97, 128512});
  }
}

namespace {

Record person(const string& name, int age, bool ok, double pi) {
  return {.type = "Person", .fields = {{"Name", name}, {"Age", age}, {"Ok", ok}, {"Pi", pi}}};
}

Record group(const string& title, std::any people, std::any lead) {
  return {.type = "Group", .fields = {{"Title", title}, {"People", std::move(people)}, {"Lead", std::move(lead)}}};
}

}  // namespace

std::any xml_value(size_t row) {
  switch (row) {
    case 0:
    case 1:
      return person("ann", 7, true, 3.5);
    case 2:
      return group("<g>", List{person("a", 1, false, 0), person("b", -2, true, 1e21)}, nullptr);
    case 3:
      return group("", nullptr, person("l", 0, false, 0.1));
    case 4:
      return List{person("x", 0, false, 0), person("y", 0, false, 0)};
    case 5:
      return Record{.type = "Text", .fields = {{"Text", "\"'<>&\t\n\ré\u2028\xff\x01"s}}};
    case 6:
      return "plain <&"s;
    case 7:
      return 5;
    case 8:
      return true;
    case 9:
      return 1.5;
    case 10:
      return std::vector<string>{"a", "b"};
    case 11:
      return nullptr;
    case 12:
      return Absent{"an XML attribute"};
    case 13:
      return Map{{"a", 1}};
    default:
      return Record{.type = "Nothing", .fields = {}};
  }
}

std::any yaml_value(size_t row) {
  constexpr size_t kFirstText = 6;
  const string texts[] = {"hello",
                          "",
                          "true",
                          "12",
                          "1.5",
                          "null",
                          "~",
                          "yes",
                          "- a",
                          "a: b",
                          "#c",
                          "a #c",
                          " lead",
                          "trail ",
                          "it's",
                          "say \"x\"",
                          "two\nlines",
                          "two\nlines\n",
                          "tab\tx",
                          "é 日本 😀",
                          "\x01",
                          "2024-02-29",
                          "0x1f",
                          "*a",
                          "{a}",
                          string(100, 'a'),
                          repeat("word ", 30)};
  if (row >= kFirstText && row < kFirstText + std::size(texts)) return texts[row - kFirstText];
  switch (row) {
    case 0:
      return nullptr;
    case 1:
      return true;
    case 2:
      return -7;
    case 3:
      return 1.5;
    case 4:
      return 1e21;
    case 5:
      return 100.0;
    case 33:
      return numbers({1, 2});
    case 34:
      return List();
    case 35:
      return std::vector<string>{"a", "", "b c"};
    case 36:
      return Map{{"b", 1}, {"a", 2}};
    case 37:
      return Map();
    case 38:
      return Map{{"message", "pong"s}};
    case 39:
      return Map{{"l", List{1, "x"s, nullptr}}, {"m", Map{{"k", List{true}}}}, {"e", List()}, {"f", Map()}};
    case 40:
      return List{numbers({1}), numbers({2, 3})};
    case 41:
      return person("ann", 7, true, 3.5);
    case 42:
      return group("g", List{person("a", 1, false, 0)}, nullptr);
    default:
      return Map{{"true", 1}, {"1", 2}, {"", 3}, {"a b", 4}, {"x:y", 5}};
  }
}

}  // namespace duel::context::beego_twin
