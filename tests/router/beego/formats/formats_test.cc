// The expected texts are the answers of beego 2.1.0, with encoding/xml and yaml.v3, for the same values.

#include <gtest/gtest.h>

#include <limits>

#include "router/beego/formats/json.h"
#include "router/beego/formats/xml.h"
#include "router/beego/formats/yaml.h"
#include "router/beego/values/data.h"

namespace duel::beego::formats {
namespace {

values::Record user() {
  return {.type = "User",
          .fields = {{"Id", 7},
                     {"Name", "a<b>&\"'\n\tq"},
                     {"Ok", true},
                     {"F", 1.5},
                     {"Tags", std::vector<std::string>{"x", "y"}},
                     {"In", values::Record{.type = "Inner", .fields = {{"AB", "é"}}}}}};
}

values::Map map() {
  return {{"b", 1},
          {"a", "x"},
          {"n", nullptr},
          {"l", values::List{1, "two", nullptr, values::Map{{"k", true}, {"j", 2}}}},
          {"e", values::Map{}},
          {"el", values::List{}},
          {"f", 1.5},
          {"f2", 1e21},
          {"neg", -3}};
}

TEST(XmlTest, ARecordIsAnElement) {
  EXPECT_EQ(to_xml(user(), false),
            "<User><Id>7</Id><Name>a&lt;b&gt;&amp;&#34;&#39;&#xA;&#x9;q</Name><Ok>true</Ok><F>1.5</F><Tags>x</Tags>"
            "<Tags>y</Tags><In><AB>é</AB></In></User>");
}

TEST(XmlTest, IndentationPutsEachElementOnItsLine) {
  EXPECT_EQ(to_xml(values::List{user(), values::Record{.type = "None", .fields = {}}}, true),
            "<User>\n  <Id>7</Id>\n  <Name>a&lt;b&gt;&amp;&#34;&#39;&#xA;&#x9;q</Name>\n  <Ok>true</Ok>\n  <F>1.5</F>\n"
            "  <Tags>x</Tags>\n  <Tags>y</Tags>\n  <In>\n    <AB>é</AB>\n  </In>\n</User>\n<None></None>");
}

TEST(XmlTest, ValuesAloneAreNamedByTheirGoType) {
  EXPECT_EQ(to_xml(values::List{1, "x", 2.5, true, 4L}, false),
            "<int>1</int><string>x</string><float64>2.5</float64><bool>true</bool><int64>4</int64>");
  EXPECT_EQ(to_xml(nullptr, false), "");
  EXPECT_EQ(to_xml({}, false), "");
  EXPECT_EQ(to_xml(std::string("é\x01<\xFF"), false), "<string>é\uFFFD&lt;\uFFFD</string>");
}

// The types of get_int8() and similar functions are written as numbers, not as letters.
TEST(FormatsTest, ShortIntegersAreNumbers) {
  const values::List list = {int8_t{-8}, uint8_t{200}, int16_t{-300}, uint16_t{60'000}};
  EXPECT_EQ(to_xml(list, false), "<int8>-8</int8><uint8>200</uint8><int16>-300</int16><uint16>60000</uint16>");
  EXPECT_EQ(to_yaml(list), "- -8\n- 200\n- -300\n- 60000\n");
  EXPECT_EQ(to_json(list), "[-8,200,-300,60000]");
  EXPECT_THROW(to_json('a'), FormatError) << "a letter or a number, who knows";
}

TEST(XmlTest, RefusesWhatHasNoForm) {
  EXPECT_THROW(to_xml(map(), false), FormatError);
  EXPECT_THROW(to_xml(values::Record{.type = "a b", .fields = {}}, false), FormatError);
  EXPECT_THROW(to_xml(values::Record{.type = "T", .fields = {{"x><y", 1}}}, false), FormatError);
  EXPECT_THROW(to_xml(values::Record{.type = "", .fields = {}}, false), FormatError);
  std::any deep = 1;
  for (int i = 0; i < 2000; ++i) {
    values::List list;
    list.push_back(std::move(deep));
    deep = std::move(list);
  }
  EXPECT_THROW(to_xml(deep, false), FormatError);
  EXPECT_THROW(to_yaml(deep), FormatError);
}

TEST(YamlTest, Maps) {
  EXPECT_EQ(to_yaml(map()),
            "a: x\nb: 1\ne: {}\nel: []\nf: 1.5\nf2: 1e+21\nl:\n    - 1\n    - two\n    - null\n    - j: 2\n"
            "      k: true\n\"n\": null\nneg: -3\n");
  EXPECT_EQ(to_yaml(user()),
            "id: 7\nname: |-\n    a<b>&\"'\n    \tq\nok: true\nf: 1.5\ntags:\n    - x\n    - \"y\"\nin:\n    ab: é\n");
  EXPECT_EQ(to_yaml(nullptr), "null\n");
}

TEST(YamlTest, Lists) {
  const std::any value = values::List{values::List{1, 2},
                                      values::Map{{"a", values::List{1, values::Map{{"z", 1}, {"y", 2}}}}},
                                      values::List{},
                                      map(),
                                      1.0,
                                      100000.0,
                                      1e6,
                                      1e-7,
                                      0.1F,
                                      user()};
  EXPECT_EQ(
      to_yaml(value),
      "- - 1\n  - 2\n- a:\n    - 1\n    - \"y\": 2\n      z: 1\n- []\n- a: x\n  b: 1\n  e: {}\n  el: []\n"
      "  f: 1.5\n  f2: 1e+21\n  l:\n    - 1\n    - two\n    - null\n    - j: 2\n      k: true\n  \"n\": null\n"
      "  neg: -3\n- 1\n- 100000\n- 1e+06\n- 1e-07\n- 0.1\n- id: 7\n  name: |-\n    a<b>&\"'\n    \tq\n  ok: true\n"
      "  f: 1.5\n  tags:\n    - x\n    - \"y\"\n  in:\n    ab: é\n");
  EXPECT_EQ(to_yaml(values::List{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                                 std::numeric_limits<double>::quiet_NaN()}),
            "- .inf\n- -.inf\n- .nan\n");
}

struct Text {
  std::string value;
  std::string written;
};

class YamlText : public ::testing::TestWithParam<Text> {};

TEST_P(YamlText, IsQuotedWhereItWouldBeReadAsSomethingElse) {
  EXPECT_EQ(to_yaml(values::List{GetParam().value}), "- " + GetParam().written + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Original, YamlText,
    ::testing::Values(Text{"", "\"\""}, Text{"true", "\"true\""}, Text{"y", "\"y\""}, Text{"No", "\"No\""},
                      Text{"~", "\"~\""}, Text{"1", "\"1\""}, Text{"1.5", "\"1.5\""}, Text{"0x1f", "\"0x1f\""},
                      Text{"1e3", "\"1e3\""}, Text{"-", "'-'"}, Text{"- a", "'- a'"}, Text{"a: b", "'a: b'"},
                      Text{"a:b", "a:b"}, Text{"a #b", "'a #b'"}, Text{"#b", "'#b'"}, Text{"a\nb", "|-\n  a\n  b"},
                      Text{"a\nb\n", "|\n  a\n  b"}, Text{" lead", "' lead'"}, Text{"trail ", "'trail '"},
                      Text{"tab\tx", "\"tab\\tx\""}, Text{"\x01", "\"\\x01\""}, Text{"é", "é"}, Text{"it's", "it's"},
                      Text{"\"q\"", "'\"q\"'"}, Text{"[x", "'[x'"}, Text{"*x", "'*x'"}, Text{"%x", "'%x'"},
                      Text{"x,y", "x,y"}, Text{"2001-01-01", "\"2001-01-01\""}, Text{".inf", "\".inf\""},
                      Text{"=", "\"=\""}, Text{"<<", "\"<<\""}, Text{"a\\b", "a\\b"}, Text{"😀", "\"\\U0001F600\""},
                      Text{"? x", "'? x'"}, Text{":", "':'"}, Text{"a:", "'a:'"}, Text{"---", "'---'"},
                      Text{"0o7", "\"0o7\""}, Text{"1_000", "\"1_000\""}, Text{"+1", "\"+1\""}, Text{"+", "+"},
                      Text{".", "."}, Text{"12:30", "\"12:30\""}, Text{"09", "\"09\""}, Text{"\xFF", "!!binary /w=="},
                      Text{"\u0085", "\"\\N\""}, Text{"a\rb", "\"a\\rb\""}, Text{"\n", "\"\\n\""},
                      Text{std::string("\0", 1), "\"\\0\""}, Text{"a\n b: c", "|-\n  a\n   b: c"},
                      Text{"\ta\nb", "\"\\ta\\nb\""}, Text{"a\n\tb", "|-\n  a\n  \tb"}));

struct Key {
  std::string key;
  std::string before;  // of the value, when the key stands at the beginning of a line
};

class YamlKey : public ::testing::TestWithParam<Key> {
 protected:
  static std::string yaml_of(const std::any& value) { return to_yaml(values::Map{{GetParam().key, value}}); }
};

TEST_P(YamlKey, IsOnOneLineOnlyIfParsersAcceptIt) {
  EXPECT_EQ(yaml_of("v"), GetParam().before + " v\n");
  EXPECT_EQ(yaml_of(nullptr), GetParam().before + " null\n");
  EXPECT_EQ(yaml_of(values::Map{}), GetParam().before + " {}\n");
  EXPECT_EQ(yaml_of("a\nb"), GetParam().before + " |-\n    a\n    b\n");
}

std::string key(size_t size, char c = 'k') {
  return std::string(size, c);
}

INSTANTIATE_TEST_SUITE_P(
    Original, YamlKey,
    ::testing::Values(Key{"", "\"\":"}, Key{"1", "\"1\":"}, Key{"null", "\"null\":"}, Key{"yes", "\"yes\":"},
                      Key{"a: b", "'a: b':"}, Key{"a:", "'a:':"}, Key{"# a", "'# a':"}, Key{"?", "'?':"},
                      Key{"-", "'-':"}, Key{"a, b", "a, b:"}, Key{" a", "' a':"}, Key{"a\tb", "\"a\\tb\":"},
                      Key{"\xFF", "!!binary /w==:"}, Key{key(128), key(128) + ":"},
                      Key{key(127) + ":", "'" + key(127) + ":':"}, Key{key(129), "? " + key(129) + "\n:"},
                      Key{key(1024), "? " + key(1024) + "\n:"}, Key{key(1025), "? " + key(1025) + "\n:"},
                      Key{key(5000), "? " + key(5000) + "\n:"}, Key{key(128) + ":", "? '" + key(128) + ":'\n:"},
                      Key{key(200, '1'), "? \"" + key(200, '1') + "\"\n:"},
                      Key{key(200, ' '), "? '" + key(200, ' ') + "'\n:"}, Key{"a\nb", "? |-\n    a\n    b\n:"},
                      Key{"a\n", "? |\n    a\n:"}, Key{"a \nb", "? \"a \\nb\"\n:"}, Key{"a\rb", "? \"a\\rb\"\n:"},
                      Key{"a\u0085b", "? \"a\\Nb\"\n:"}));

// The original writes these keys in a form that parsers refuse or read as something else.
INSTANTIATE_TEST_SUITE_P(Mended, YamlKey,
                         ::testing::Values(Key{"<<", "\"<<\":"}, Key{"=", "\"=\":"}, Key{"\na", "? \"\\na\"\n:"},
                                           Key{" a\nb", "? \" a\\nb\"\n:"}, Key{"\ta\nb", "? \"\\ta\\nb\"\n:"},
                                           Key{"a\u2028b", "? \"a\\u2028b\"\n:"}));

TEST(YamlTest, ExplicitKeysOfNestedCollections) {
  const std::string k = key(129);
  const values::List list = {1, values::Map{{"p", "q"}}, values::List{2, 3}};
  EXPECT_EQ(to_yaml(values::Map{{k, list}}), "? " + k + "\n:   - 1\n    - p: q\n    - - 2\n      - 3\n");
  EXPECT_EQ(to_yaml(values::List{values::Map{{k, list}, {"l", 1}}}),
            "- ? " + k + "\n  : - 1\n    - p: q\n    - - 2\n      - 3\n  l: 1\n");
  EXPECT_EQ(to_yaml(values::Map{{"o", values::Map{{k, values::Map{{"x", 1}, {"z", "a\nb\n"}}}}}}),
            "o:\n    ? " + k + "\n    :   x: 1\n        z: |\n            a\n            b\n");
  EXPECT_EQ(to_yaml(values::List{values::List{values::Map{{k, values::Map{{k, "v"}}}}}, 1}),
            "- - ? " + k + "\n    :   ? " + k + "\n        : v\n- 1\n");
}

TEST(JsonTextTest, IndentsAsTheOriginal) {
  EXPECT_EQ(
      indent_json(to_json(map())),
      "{\n  \"a\": \"x\",\n  \"b\": 1,\n  \"e\": {},\n  \"el\": [],\n  \"f\": 1.5,\n  \"f2\": 1e+21,\n  \"l\": [\n"
      "    1,\n    \"two\",\n    null,\n    {\n      \"j\": 2,\n      \"k\": true\n    }\n  ],\n  \"n\": null,\n"
      "  \"neg\": -3\n}");
  EXPECT_EQ(indent_json(to_json(values::Map{{"a,{\"\\", "[:,\\\""}})), "{\n  \"a,{\\\"\\\\\": \"[:,\\\\\\\"\"\n}");
}

TEST(JsonTextTest, AsciiHasPairsBeyondTheBasicPlane) {
  EXPECT_EQ(ascii_json(to_json(values::Map{{"a", "é€<😀"}})), R"({"a":"\u00e9\u20ac\u003c\ud83d\ude00"})");
}

TEST(JsonTextTest, ARecordKeepsItsOrder) {
  EXPECT_EQ(to_json(values::Record{.type = "T", .fields = {{"b", 1}, {"a", 2}}}), R"({"b":1,"a":2})");
}

}  // namespace
}  // namespace duel::beego::formats
