#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "tests/router/gin/probe.h"

// The renderers of the context beside json() and string(), and what structs say about their fields.
namespace duel::gin::testing {
namespace {

struct Base {
  int id = 1;
  std::string_view kind = "base";
  static constexpr auto json_fields = fields(field("id", &Base::id), field("kind", &Base::kind));
};
struct Item {
  Base base{};
  std::unique_ptr<Base> other{};
  std::string_view kind = "own";
  std::optional<int> count{};
  std::vector<int> list{};
  int8_t age = 7;
  static constexpr std::string_view xml_name = "item";
  static constexpr auto json_fields =
      fields(embedded(&Item::base), embedded(&Item::other), field("kind", &Item::kind, attribute),
             field("Count", &Item::count, omit_empty), field("list", &Item::list, omit_empty),
             field("age", &Item::age, quoted));
};

Answer rendered(const std::function<void(Context&)>& body) {
  return probe("?callback=f", body);
}
std::string json_of(const auto& value) {
  return rendered([&](Context& c) { c.json(200, value); }).body;
}
std::string xml_of(const auto& value) {
  return rendered([&](Context& c) { c.xml(200, value); }).body;
}
std::string yaml_of(const auto& value) {
  return rendered([&](Context& c) { c.yaml(200, value); }).body;
}

TEST(Render, FieldsAreEmbeddedLeftOutAndQuoted) {
  EXPECT_EQ(json_of(Item()), R"({"id":1,"kind":"own","age":"7"})");
  Item full{.count = 0, .list = {1}};
  EXPECT_EQ(json_of(full), R"({"id":1,"kind":"own","Count":0,"list":[1],"age":"7"})");
  EXPECT_EQ(json_of(std::vector<std::byte>{std::byte{0xFB}, std::byte{0xFF}}), R"("+/8=")");
  EXPECT_EQ(json_of(std::vector<std::byte>()), R"("")");
  EXPECT_EQ(json_of(std::tuple(1, "a", nullptr)), R"([1,"a",null])");
  EXPECT_EQ(json_of(std::map<int, int>{{10, 1}, {9, 2}}), R"({"10":1,"9":2})");
  EXPECT_EQ(json_of(std::chrono::milliseconds(2)), "2000000");
}

TEST(Render, TimesAreRfc3339) {
  EXPECT_EQ(json_of(Time(1709211907, 120000000)), R"("2024-02-29T13:05:07.12Z")");
  EXPECT_EQ(json_of(Time(-1, 1, std::chrono::minutes(-90))), R"("1969-12-31T22:29:59.000000001-01:30")");
  EXPECT_EQ(json_of(std::chrono::sys_days(std::chrono::year(1) / 1 / 1)), R"("0001-01-01T00:00:00Z")");
  EXPECT_THROW(json_of(Time(253402300800, 0)), std::domain_error);
}

TEST(Render, ReadyJsonIsCheckedAndCompacted) {
  EXPECT_EQ(json_of(json::Raw{R"( { "a" : [ -1.5e+3 , "\u00e9\n<" , true , null , { } ] } )"}),
            R"({"a":[-1.5e+3,"\u00e9\n\u003c",true,null,{}]})");
  for (const std::string_view bad :
       {"", "{", "[1,]", "{\"a\"}", "{a:1}", "01", "1 2", "\"\\x\"", "\"\n\"", "tru", "\"\\u12\"", "-", "1."}) {
    EXPECT_THROW(json_of(json::Raw{bad}), std::domain_error) << bad;
  }
  EXPECT_EQ(json_of(json::Number{"1.50e+3"}), "1.50e+3");
  EXPECT_EQ(json_of(json::Number{}), "0");
  EXPECT_THROW(json_of(json::Number{"abc"}), std::domain_error);
  EXPECT_THROW(json_of(json::Raw{std::string(2000, '[') + std::string(2000, ']')}), std::domain_error);
}

TEST(Render, RelativesOfJson) {
  EXPECT_EQ(rendered([](Context& c) { c.ascii_json(200, "\u00e9\U0001F600<"); }).body, R"("\u00e9\ud83d\ude00\u003c")");
  EXPECT_EQ(rendered([](Context& c) { c.secure_json(200, std::array{1}); }).body, "while(1);[1]");
  EXPECT_EQ(rendered([](Context& c) { c.secure_json(200, H{{"a", 1}}, ")]}',\n"); }).body, R"({"a":1})");
  const Answer call = rendered([](Context& c) { c.jsonp(200, 1); });
  EXPECT_EQ(call.body, "f(1);");
  EXPECT_EQ(call.field("Content-Type"), "application/javascript; charset=utf-8");
}

TEST(Render, JsonpTakesOnlyNamesOfFunctions) {
  for (const auto& [callback, good] : std::vector<std::pair<std::string, bool>>{{"a.b[0]", true},
                                                                                {"$_", true},
                                                                                {"%C3%A9", true},
                                                                                {"x%3Balert(1)", false},
                                                                                {"1", true},
                                                                                {"%E2%80%A8", false},
                                                                                {"%3Cb%3E", false}}) {
    EXPECT_EQ(probe("?callback=" + callback, [](Context& c) { c.jsonp(200, 1); }).status, good ? 200 : 400) << callback;
  }
  EXPECT_EQ(probe("?", [](Context& c) { c.jsonp(200, 1); }).body, "1");
}

TEST(Render, Xml) {
  EXPECT_EQ(xml_of(Item()), R"(<item kind="own"><id>1</id><age>7</age></item>)");
  EXPECT_EQ(xml_of(std::array{Base(), Base()}),
            "<value><id>1</id><kind>base</kind></value><value><id>1</id><kind>base</kind></value>");
  EXPECT_EQ(xml_of("<&>\"'\x01\n"), "<string>&lt;&amp;&gt;&#34;&#39;\uFFFD&#xA;</string>");
  EXPECT_EQ(xml_of(H{{"a", std::array{1, 2}}, {"b", nullptr}, {"c", H{{"d", true}}}}),
            "<map><a>1</a><a>2</a><c><d>true</d></c></map>");
  EXPECT_EQ(xml_of(nullptr), "");
  for (const char* bad : {"", "a b", "1a", "<", "-a"}) {
    EXPECT_THROW(xml_of(H{{bad, 1}}), std::domain_error) << bad;
    EXPECT_THROW(xml_of(H{{(std::string("@") + bad).c_str(), 1}}), std::domain_error) << bad;
  }
}

TEST(Render, Yaml) {
  EXPECT_EQ(yaml_of(Item{.count = 2, .list = {1, 2}}),
            "id: 1\nkind: own\ncount: 2\nlist:\n    - 1\n    - 2\nage: \"7\"\n");
  EXPECT_EQ(yaml_of(H{{"Text", "two\nlines"}, {"m", H{{"k", std::array{true}}}}, {"e", std::array<int, 0>{}}}),
            "Text: |-\n    two\n    lines\ne: []\nm:\n    k:\n        - true\n");
  EXPECT_EQ(yaml_of(std::array{H{{"a", 1}, {"b", 2}}}), "- a: 1\n  b: 2\n");
  EXPECT_EQ(yaml_of("\"\\"), "'\"\\'\n");
  EXPECT_EQ(yaml_of("\U0001F600"), "\"\\U0001F600\"\n");
}

TEST(Render, NegotiatesByWeights) {
  constexpr std::string_view kOffers[] = {Context::kMimeJson, Context::kMimeXml, Context::kMimeYaml};
  for (const auto& [accept, format] : std::vector<std::pair<std::string, std::string>>{
           {"application/xml, application/json", "application/xml"},
           {"application/json;q=0.5, application/xml;q=0.6", "application/xml"},
           {"*/*, application/json;q=0", "application/xml"},
           {"application/*;q=0.1, Application/X-YAML", "application/x-yaml"},
           {"text/html", ""},
           {";q=1", ""},
           {"application/json;q=x", "application/json"},
           {"application/js", ""}}) {
    probe("GET", "?", {{"Accept", accept}}, "",
          [&](Context& c) { EXPECT_EQ(c.negotiate_format(kOffers), format) << accept; });
  }
  probe("?", [&](Context& c) { EXPECT_EQ(c.negotiate_format(kOffers), "application/json"); });
  const Answer none =
      probe("GET", "?", {{"Accept", "text/html"}}, "", [&](Context& c) { c.negotiate(200, kOffers, 1); });
  EXPECT_EQ(none.status, 406);
  EXPECT_EQ(none.field("Vary"), "Accept");
  EXPECT_EQ(
      probe("GET", "?", {{"Accept", "application/xml"}}, "", [&](Context& c) { c.negotiate(200, kOffers, 1); }).body,
      "<int>1</int>");
}

TEST(Render, ServerSentEvents) {
  const Answer events = rendered([](Context& c) {
    c.sse_event("a\nb", "one\r\ntwo");
    c.sse_event("", H{{"a", "<"}});
  });
  EXPECT_EQ(events.body, "event:a\\nb\ndata:one\\r\ndata:two\n\ndata:{\"a\":\"\\u003c\"}\n\n");
  EXPECT_EQ(events.field("Content-Type"), "text/event-stream");
  EXPECT_EQ(events.field("Cache-Control"), "no-cache");
}

TEST(Render, ReadersFillABody) {
  const auto reader = [](std::string_view bytes) {
    return [bytes](std::span<char> to) mutable {
      const size_t size = bytes.substr(0, 2).copy(to.data(), to.size());
      bytes.remove_prefix(size);
      return size;
    };
  };
  EXPECT_EQ(rendered([&](Context& c) { c.data_from_reader(200, -1, "text/plain", reader("hello")); }).body, "hello");
  EXPECT_EQ(rendered([&](Context& c) { c.data_from_reader(200, 3, "text/plain", reader("hello")); }).body, "hel");
  EXPECT_THROW(rendered([&](Context& c) { c.data_from_reader(200, 9, "text/plain", reader("hello")); }),
               std::length_error);
}

}  // namespace
}  // namespace duel::gin::testing
