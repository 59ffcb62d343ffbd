// Bodies of XML and YAML.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "router/documents/limits.h"
#include "router/gin/binding/time_text.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const std::vector<FieldText> kXmlType = {{"Content-Type", "text/xml; charset=utf-8"}};
const std::vector<FieldText> kYamlType = {{"Content-Type", "application/yaml"}};

struct Part {
  int number = 0;
  std::string note{};
  static constexpr auto json_fields = fields(field("number", &Part::number, required), field("note", &Part::note));
};

struct Stamp {
  Time at;
  std::chrono::seconds age{};
  static constexpr auto json_fields = fields(field("at", &Stamp::at), field("age", &Stamp::age));
};

struct Order {
  int id = -1;
  uint8_t small = 0;
  double price = 0;
  bool paid = false;
  std::string_view name;
  std::optional<std::string_view> remark;
  std::span<const std::string_view> tags;
  std::vector<Part> parts;
  std::optional<std::vector<int>> numbers;
  std::map<std::string, int> counts;
  std::unique_ptr<Order> inner;
  Stamp stamp;
  static constexpr auto json_fields =
      fields(field("id", &Order::id, attribute), field("small", &Order::small), field("price", &Order::price),
             field("paid", &Order::paid), field("Name", &Order::name), field("remark", &Order::remark),
             field("tag", &Order::tags), field("part", &Order::parts), field("numbers", &Order::numbers),
             field("counts", &Order::counts), field("inner", &Order::inner), embedded(&Order::stamp));
};

// Binds the body by its type; returns the problem.
template <class T = Order>
std::string problem(
    const std::vector<FieldText>& type, std::string_view body,
    const std::function<void(std::type_identity_t<T>&)>& check = [](T&) {}) {
  std::string found = "not called";
  probe("POST", "?", type, body, [&](Context& c) {
    T bound;
    const BindResult error = c.should_bind(bound);
    found = error ? std::string(error->message) : "";
    if (!error) check(bound);
  });
  return found;
}

TEST(BindXml, FillsEveryKindOfMember) {
  constexpr std::string_view kBody = R"(<?xml version="1.0" encoding="utf-8"?>
<!-- an order --><o:order xmlns:o="urn:o" o:id=" 7 "><o:small>255</o:small><price> 1.5e1
</price><paid>T</paid><Name>a &lt;b&gt; &#x41;<![CDATA[<c>]]></Name><remark></remark>
<tag>x</tag><part><number>1</number></part><tag/><part><note>n</note><number>2</number></part>
<numbers>3</numbers><numbers>4</numbers><counts><a>1</a><b>2</b></counts><inner id="8"><inner id="9"/></inner>
<at>2024-02-29T13:05:07Z</at><age>5000000000</age><other><more/></other></o:order>)";
  EXPECT_EQ(problem(kXmlType, kBody,
                    [](Order& order) {
                      EXPECT_EQ(order.id, 7);
                      EXPECT_EQ(order.small, 255);
                      EXPECT_EQ(order.price, 15);
                      EXPECT_TRUE(order.paid);
                      EXPECT_EQ(order.name, "a <b> A<c>");
                      EXPECT_EQ(order.remark, "");
                      EXPECT_THAT(order.tags, ElementsAre("x", ""));
                      ASSERT_EQ(order.parts.size(), 2u);
                      EXPECT_EQ(order.parts[1].number, 2);
                      EXPECT_EQ(order.parts[1].note, "n");
                      EXPECT_THAT(*order.numbers, ElementsAre(3, 4));
                      EXPECT_THAT(order.counts, ElementsAre(Pair("a", 1), Pair("b", 2)));
                      EXPECT_EQ(order.inner->inner->id, 9);
                      EXPECT_EQ(order.stamp.at, Time(1709211907, 0));
                      EXPECT_EQ(order.stamp.age.count(), 5);
                    }),
            "");
}

TEST(BindXml, LeavesMissingMembersUnchangedAndTakesTheLastOfSeveral) {
  EXPECT_EQ(problem(kXmlType, "<x><id>3</id><small>1</small><NAME>n</NAME><small>2</small></x>",
                    [](Order& order) {
                      EXPECT_EQ(order.id, -1) << "an attribute is no element";
                      EXPECT_EQ(order.small, 2);
                      EXPECT_EQ(order.name, "") << "letter case counts";
                      EXPECT_FALSE(order.remark.has_value());
                    }),
            "");
}

TEST(BindXml, NamesTheField) {
  EXPECT_EQ(problem(kXmlType, "<x id='a'/>"), "id: must be a whole number");
  EXPECT_EQ(problem(kXmlType, "<x><small>256</small></x>"), "small: is out of range");
  EXPECT_EQ(problem(kXmlType, "<x><small> </small></x>"), "small: must be a whole number");
  EXPECT_EQ(problem(kXmlType, "<x><price>nan</price></x>"), "price: must be a number");
  EXPECT_EQ(problem(kXmlType, "<x><paid>yes</paid></x>"), "paid: must be true or false");
  EXPECT_EQ(problem(kXmlType, "<x><at>today</at></x>"), "at: must be a time such as 2006-01-02T15:04:05Z");
  EXPECT_EQ(problem(kXmlType, "<x><part><number>1</number></part><part/></x>"), "part[1].number: is required");
}

TEST(BindXml, RefusesWhatIsNotXml) {
  EXPECT_EQ(problem(kXmlType, ""), "body: is empty, XML is expected");
  for (const char* body : {"x", "<x>", "<x></y>", "<x/><y/>", "<x/>tail", "<x a=1/>", "<x a='1' a='2'/>", "<1/>",
                           "<x>&nbsp;</x>", "<x>\x01</x>", "<x>\xFF</x>", "<x>&#0;</x>"}) {
    EXPECT_EQ(problem(kXmlType, body), "body: is not XML") << body;
  }
  EXPECT_EQ(problem(kXmlType, "<?xml version='1.1'?><x/>"), "body: must be XML 1.0");
  EXPECT_EQ(problem(kXmlType, "<?xml version='1.0' encoding='iso-8859-1'?><x/>"), "body: must be UTF-8");
  EXPECT_EQ(problem(kXmlType, std::string_view("<\0x\0/\0>\0", 8)), "body: must be UTF-8");
  EXPECT_EQ(problem(kXmlType, "\xFF\xFE<"), "body: must be UTF-8");
}

TEST(BindXml, RefusesADocumentType) {
  for (const char* body : {"<!DOCTYPE x><x/>", "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
                           "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><x><Name>&b;</Name></x>",
                           "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x><Name>&a;</Name></x>"}) {
    EXPECT_EQ(problem(kXmlType, body), "body: must not have a document type") << body;
  }
  EXPECT_EQ(problem(kXmlType, "<x/>"), "") << "a parser that refused a document reads the next one";
}

std::string repeat(std::string_view text, size_t count) {
  std::string to;
  for (size_t i = 0; i < count; ++i) to += text;
  return to;
}

TEST(BindXml, LimitsDepthAndNumber) {
  const auto nested = [](size_t depth) { return repeat("<x>", depth) + repeat("</x>", depth); };
  EXPECT_EQ(problem(kXmlType, nested(documents::kMaxDepth)), "");
  EXPECT_EQ(problem(kXmlType, nested(documents::kMaxDepth + 1)), "body: is nested too deeply");
  EXPECT_EQ(problem(kXmlType, repeat("<x>", 100'000)), "body: is nested too deeply");
  EXPECT_EQ(problem(kXmlType, "<x>" + repeat("<y/>", documents::kMaxValues - 1) + "</x>"), "");
  EXPECT_EQ(problem(kXmlType, "<x>" + repeat("<y/>", documents::kMaxValues) + "</x>"), "body: holds too many values");
  std::string attributes = "<x";
  for (size_t i = 0; i < documents::kMaxValues; ++i) attributes += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(problem(kXmlType, attributes + "/>"), "body: is too large") << "expat keeps each name";
}

TEST(BindYaml, FillsEveryKindOfMember) {
  constexpr std::string_view kBody = R"(%YAML 1.1
--- # an order
id: 0x1F
small: 2_5_5
price: 1.5e1
paid: yes
name: 42
remark: |
  two
  lines
tag: [x, "1", ~]
part:
- number: 1
- {note: 'it''s', number: 2.0}
numbers: [0o17, 017]
counts: {a: 1, 2: 2}
inner: {inner: {id: 9}}
at: 2024-02-29
age: 1m5s
other: [[], {}]
...
)";
  EXPECT_EQ(problem(kYamlType, kBody,
                    [](Order& order) {
                      EXPECT_EQ(order.id, 31);
                      EXPECT_EQ(order.small, 255);
                      EXPECT_EQ(order.price, 15);
                      EXPECT_TRUE(order.paid);
                      EXPECT_EQ(order.name, "42") << "text may be an unquoted number, names are in lower case";
                      EXPECT_EQ(order.remark, "two\nlines\n");
                      EXPECT_THAT(order.tags, ElementsAre("x", "1", ""));
                      ASSERT_EQ(order.parts.size(), 2u);
                      EXPECT_EQ(order.parts[1].number, 2);
                      EXPECT_EQ(order.parts[1].note, "it's");
                      EXPECT_THAT(*order.numbers, ElementsAre(15, 15));
                      EXPECT_THAT(order.counts, ElementsAre(Pair("2", 2), Pair("a", 1)));
                      EXPECT_EQ(order.inner->inner->id, 9);
                      EXPECT_EQ(order.stamp.at, Time(1709164800, 0));
                      EXPECT_EQ(order.stamp.age.count(), 65);
                    }),
            "");
}

TEST(BindYaml, NamesTheField) {
  EXPECT_EQ(problem(kYamlType, "id: '7'"), "id: must be a whole number");
  EXPECT_EQ(problem(kYamlType, "id: 1.5"), "id: must be a whole number");
  EXPECT_EQ(problem(kYamlType, "small: 256"), "small: is out of range");
  EXPECT_EQ(problem(kYamlType, "price: .inf"), "price: must be a number");
  EXPECT_EQ(problem(kYamlType, "paid: 1"), "paid: must be true or false");
  EXPECT_EQ(problem(kYamlType, "name: [x]"), "Name: must be text");
  EXPECT_EQ(problem(kYamlType, "tag: x"), "tag: must be a list");
  EXPECT_EQ(problem(kYamlType, "part: [number: 1, {}]"), "part[1].number: is required");
  EXPECT_EQ(problem(kYamlType, "age: 5"), "age: must be a duration such as 1h30m");
  EXPECT_EQ(problem(kYamlType, "[]"), "body: must be an object");
  EXPECT_EQ(problem(kYamlType, "---"), "") << "null, as an object without members";
}

struct Pairs {
  std::array<int, 2> pair{};
  static constexpr auto json_fields = fields(field("pair", &Pairs::pair));
};

TEST(BindYaml, TheLengthOfAnArrayMustBeRight) {
  EXPECT_EQ(problem<Pairs>(kYamlType, "pair: [1, 2]", [](Pairs& bound) { EXPECT_EQ(bound.pair[1], 2); }), "");
  EXPECT_EQ(problem<Pairs>(kYamlType, "pair: [1]"), "pair: has the wrong number of elements");
  EXPECT_EQ(problem<Pairs>(kXmlType, "<x><pair>1</pair></x>"), "") << "as in JSON";
}

TEST(BindYaml, RefusesWhatIsNotOneDocument) {
  EXPECT_EQ(problem(kYamlType, ""), "body: is empty, YAML is expected");
  EXPECT_EQ(problem(kYamlType, "# nothing"), "body: is empty, YAML is expected");
  for (const char* body : {"{id: 1", "id: 1\n x: 2", "\tid: 1", "id: 'x", "%YAML 3.0\n---\nid: 1", "id: 1\n- 2"}) {
    EXPECT_EQ(problem(kYamlType, body), "body: is not YAML") << body;
  }
  EXPECT_EQ(problem(kYamlType, "name: \xFF"), "body: is not UTF-8");
  EXPECT_EQ(problem(kYamlType, "id: 1\n---\nid: 2"), "body: holds more than one document");
  EXPECT_EQ(problem(kYamlType, "id: 1\nid: 2"), "body: has two keys of one name");
  EXPECT_EQ(problem(kYamlType, "? [a]\n: 1"), "body: has a key that is not text");
  EXPECT_EQ(problem(kYamlType, "name: !!binary aGk="), "body: has a tag that is not supported");
  EXPECT_EQ(problem(kYamlType, "counts: !!set {a, b}"), "body: has a tag that is not supported");
  EXPECT_EQ(problem(kYamlType, "name: !mine 7", [](Order& order) { EXPECT_EQ(order.name, "7"); }), "");
}

TEST(BindYaml, RefusesAliases) {
  EXPECT_EQ(problem(kYamlType, "tag: &a [x]\nnumbers: *a"), "body: must not have aliases");
  EXPECT_EQ(problem(kYamlType, "inner: &a {id: 1}\n<<: *a"), "body: must not have merge keys");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'j'; ++name) {
    bomb += {name, ':', ' ', '&', name, ' ', '['};
    for (int i = 0; i < 9; ++i) bomb += {'*', static_cast<char>(name - 1), ','};
    bomb += "]\n";
  }
  EXPECT_EQ(problem(kYamlType, bomb), "body: must not have aliases");
}

TEST(BindYaml, LimitsDepthNumberAndDefinitions) {
  const auto nested = [](size_t depth) { return "other: " + repeat("[", depth) + repeat("]", depth); };
  EXPECT_EQ(problem(kYamlType, nested(documents::kMaxDepth - 1)), "");
  EXPECT_EQ(problem(kYamlType, nested(documents::kMaxDepth)), "body: is nested too deeply");
  EXPECT_NE(problem(kYamlType, repeat("- ", 100'000)), "");
  EXPECT_NE(problem(kYamlType, repeat("[", 100'000)), "");
  EXPECT_NE(problem(kYamlType, repeat("{a: ", 100'000)), "");
  EXPECT_EQ(problem(kYamlType, "other: [" + repeat("1,", documents::kMaxValues) + "]"), "body: holds too many values");
  EXPECT_EQ(problem(kYamlType, repeat("%TAG !a! x\n", 20) + "---\nid: 1"), "body: has too many definitions of tags");
}

TEST(BindDocument, AValueOfAnyKind) {
  probe("POST", "?", kYamlType, "{b: [1, 0x10, yes, true, ~, 1.5], a: 'x'}", [](Context& c) {
    DocumentValue value;
    ASSERT_TRUE(c.bind_yaml(value));
    c.json(200, value);
    EXPECT_EQ(c.response_body(), R"({"a":"x","b":[1,16,"yes",true,null,1.5]})");
  });
  probe("POST", "?", kXmlType, "<x> t </x>", [](Context& c) {
    DocumentValue value;
    ASSERT_TRUE(c.bind_xml(value));
    EXPECT_EQ(value.as_text(), " t ");
  });
}

TEST(BindDocument, TheTypeOfTheBodyChoosesTheFormat) {
  const auto bound_id = [](const char* method, std::string_view type, std::string_view body) {
    int id = 0;
    probe(method, "?small=1", {{"Content-Type", type}}, body, [&](Context& c) {
      Order order;
      if (const BindResult error = c.should_bind(order))
        id = -error->status;
      else
        id = order.id == -1 ? order.small : order.id;
    });
    return id;
  };
  for (const char* type : {"application/xml", "text/xml", "Text/XML; charset=utf-8"})
    EXPECT_EQ(bound_id("POST", type, "<x id='5'/>"), 5) << type;
  for (const char* type : {"application/x-yaml", "application/yaml"}) EXPECT_EQ(bound_id("PUT", type, "id: 5"), 5);
  EXPECT_EQ(bound_id("POST", "application/xml", "id: 5"), -400);
  EXPECT_EQ(bound_id("POST", "application/toml", "id = 5"), -415);
  EXPECT_EQ(bound_id("GET", "application/xml", "<x id='5'/>"), 1) << "GET binds the query, as in Gin";
}

TEST(BindDocument, AFailedBindAnswers) {
  const Answer answer = probe("POST", "?", kXmlType, "<x id='a'/>", [](Context& c) {
    Order order;
    EXPECT_FALSE(c.bind(order));
  });
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"error":"id: must be a whole number"})");
}

TEST(FromTime, RefusesWhatTheTypeCannotHold) {
  const http::grammar::Time late(253'370'764'800, 0);  // the year 9999
  std::chrono::sys_time<std::chrono::nanoseconds> fine;
  EXPECT_FALSE(binding::from_time(late, fine));
  EXPECT_TRUE(binding::from_time({0, 5}, fine));
  EXPECT_EQ(fine.time_since_epoch().count(), 5);
  std::chrono::sys_seconds whole;
  EXPECT_TRUE(binding::from_time(late, whole));
}

}  // namespace
}  // namespace duel::gin::testing
