#include "router/beego/context/bind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "router/beego/formats/read_json.h"

namespace duel::beego::context {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

struct Place {
  std::string town = "nowhere";
  static constexpr auto beego_fields = values::fields(values::field("town", &Place::town));
};

struct Person {
  std::string name = "before";
  int8_t age = 7;
  bool ok = false;
  double weight = 0;
  std::optional<std::vector<int>> numbers;
  std::vector<std::string> tags;
  std::optional<values::Time> born;
  std::any any;
  Place place;
  static constexpr auto beego_fields = values::fields(
      values::field("name", &Person::name), values::field("age", &Person::age), values::field("ok", &Person::ok),
      values::field("weight", &Person::weight), values::field("numbers", &Person::numbers),
      values::field("tags", &Person::tags), values::field("born", &Person::born), values::field("any", &Person::any),
      values::field("place", &Person::place));
};

// Fills a variable from the values `a` of a query.
template <typename T>
T bound(std::string_view query, T before = {}) {
  Form form;
  form.parse(query);
  bind_value(form, "a", before, [&](std::string_view name) { return form.get(name); });
  return before;
}

TEST(Bind, ReadsScalars) {
  EXPECT_EQ(bound<int>("a=5"), 5);
  EXPECT_EQ(bound<std::string>("a=x+y&a=z"), "x y");
  EXPECT_EQ(bound<double>("a=1e-400", 9.0), 0.0);
  for (const char* yes : {"true", "ON", "1", "%20True"}) EXPECT_TRUE(bound<bool>(std::string("a=") + yes)) << yes;
  for (const char* no : {"t", "yes", "0", ""}) EXPECT_FALSE(bound<bool>(std::string("a=") + no, true)) << no;
}

TEST(Bind, MakesZeroOfWhatIsMissingOrMalformed) {
  for (const char* query : {"", "a=", "a=x", "a=1.5", "a=0x5", "a=9223372036854775808"}) {
    EXPECT_EQ(bound<int64_t>(query, 99), 0) << query;
  }
  EXPECT_EQ(bound<int8_t>("a=128", 99), 0) << "bits that do not fit are not cut off";
  EXPECT_EQ(bound<std::string>("b=1", "before"), "");
}

TEST(Bind, ReadsLists) {
  using Numbers = std::vector<int>;
  EXPECT_THAT(bound<Numbers>("a[1]=2&a[0]=1"), ElementsAre(1, 2));
  EXPECT_THAT(bound<Numbers>("a[]=1&a[]=2"), ElementsAre(1, 2));
  EXPECT_THAT(bound<Numbers>("a[2]=3"), ElementsAre(0, 0, 3));
  EXPECT_THAT(bound<Numbers>("a[3]=1&a[]=2&a[]=3"), ElementsAre(0, 0, 0, 1, 2, 3));
  EXPECT_THAT(bound<Numbers>("a[x]=1"), ElementsAre(1));
  EXPECT_THAT(bound<Numbers>("a[-1]=1&a[0=2"), ElementsAre(1, 2));
  EXPECT_THAT(bound<Numbers>("a=1&a=2&b[0]=3", {9}), ElementsAre());
}

TEST(Bind, DoesNotLetAClientChooseTheSizeOfAList) {
  const std::string last = std::to_string(kMaxBoundElements - 1);
  EXPECT_EQ(bound<std::vector<int>>("a[" + last + "]=1").size(), kMaxBoundElements);
  EXPECT_EQ(bound<std::vector<int>>("a[" + std::to_string(kMaxBoundElements) + "]=1&a[4000000000]=1").size(), 0U);
  std::string many;
  for (size_t i = 0; i <= kMaxBoundElements; ++i) many += "a[]=1&";
  EXPECT_EQ(bound<std::vector<int>>(many).size(), kMaxBoundElements);
}

TEST(Bind, ReadsStructsAndMaps) {
  const Person person = bound<Person>("a.name=ann&a[age]=8&a.ok=on&a.name=second");
  EXPECT_EQ(person.name, "ann");
  EXPECT_EQ(person.age, 8);
  EXPECT_TRUE(person.ok);
  const auto places = bound<std::vector<Place>>("a[1].town=Bonn&a[0][town]=Rome");
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].town, "Rome");
  EXPECT_EQ(places[1].town, "Bonn");
  using Map = std::map<std::string, std::string>;
  EXPECT_THAT(bound<Map>("a[x]=1&a[y]=2&a[x]=3&a[]=4&a=5&a[z=6"),
              UnorderedElementsAre(Pair("x", "1"), Pair("y", "2"), Pair("", "4")));
  EXPECT_THAT(bound<Map>("a[x][y]=1"), UnorderedElementsAre(Pair("x][y", "1")));
}

std::string_view fill(std::string_view query, Person& to) {
  Form form;
  form.parse(query);
  return fill_from_form(form, to);
}

TEST(FillFromForm, ReadsDescribedMembers) {
  Person person;
  EXPECT_EQ(fill("name=ann&age=8&ok=Yes&weight=.5&numbers=1&numbers=2&tags=x&born=2024-02-29&any=y&town=Bonn&other=1",
                 person),
            "");
  EXPECT_EQ(person.name, "ann");
  EXPECT_EQ(person.age, 8);
  EXPECT_TRUE(person.ok);
  EXPECT_EQ(person.weight, 0.5);
  EXPECT_THAT(*person.numbers, ElementsAre(1, 2));
  EXPECT_THAT(person.tags, ElementsAre("x"));
  EXPECT_EQ(person.born->seconds, 1709164800);
  EXPECT_EQ(std::any_cast<std::string>(person.any), "y");
  EXPECT_EQ(person.place.town, "Bonn");
}

TEST(FillFromForm, LeavesWhatTheFormDoesNotHave) {
  Person person;
  EXPECT_EQ(fill("name=&age=&tags=", person), "");
  EXPECT_EQ(person.name, "before");
  EXPECT_EQ(person.age, 7);
  EXPECT_EQ(person.place.town, "nowhere");
  EXPECT_FALSE(person.numbers);
}

TEST(FillFromForm, NamesTheFirstMalformedValue) {
  for (const auto& [query, name] : std::vector<std::pair<std::string, std::string>>{{"age=x&weight=y", "age"},
                                                                                    {"age=128", "age"},
                                                                                    {"age=1&age=2", "age"},
                                                                                    {"ok=y", "ok"},
                                                                                    {"weight=1e400", "weight"},
                                                                                    {"numbers=1&numbers=x", "numbers"},
                                                                                    {"born=2024-02-30", "born"}}) {
    Person person;
    EXPECT_EQ(fill(query, person), name) << query;
  }
}

TEST(ParseTime, ReadsTheFormsOfBeego) {
  for (const char* text : {"2024-02-29 13:05:07", "2024-02-29T13:05:07", "2024-02-29T13:05:07Z",
                           "2024-02-29T18:35:07+05:30", "2024-02-29T08:05:07-05:00", "2024-02-29 13:05:07.123"}) {
    const auto time = values::parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time->seconds, 1709211907) << text;
  }
  constexpr int64_t kYear0 = -62'167'219'200;
  constexpr int64_t kYear1 = -62'135'596'800;
  EXPECT_EQ(values::parse_time("0000-01-01"), values::Time(kYear0, 0));
  EXPECT_EQ(values::parse_time("13:05:07x"), values::Time(kYear0 + 47'107, 0));
  EXPECT_EQ(values::parse_time(""), values::Time(kYear1, 0));
  EXPECT_EQ(values::parse_time("9999-12-31T23:59:59.5Z"), values::Time(253'402'300'799, 500'000'000));
  for (const char* text : {"x", "2024-02-30", "2024-2-29", "2024-02-29T24:00:00", "2024-02-29 13:05:07Z", "2024-02-29Z",
                           "2024-02-29T13:05:07+25:00", "13:05", "13:05:60", "2024-02-29T13:05:07z"}) {
    EXPECT_FALSE(values::parse_time(text)) << text;
  }
}

bool unbox(std::string_view json, Person& to) {
  auto box = formats::parse_json(json);
  return box && formats::unbox(std::move(*box), to);
}

TEST(ReadJson, FillsDescribedMembers) {
  Person person;
  EXPECT_TRUE(unbox(
      R"({"NAME":"ann","age":-8,"ok":true,"weight":3,"numbers":[1,2],"tags":["x"],"any":[1],"place":{"town":"Bonn"},"o":1})",
      person));
  EXPECT_EQ(person.name, "ann");
  EXPECT_EQ(person.age, -8);
  EXPECT_TRUE(person.ok);
  EXPECT_EQ(person.weight, 3.0);
  EXPECT_THAT(*person.numbers, ElementsAre(1, 2));
  EXPECT_THAT(person.tags, ElementsAre("x"));
  EXPECT_EQ(person.place.town, "Bonn");
  EXPECT_TRUE(unbox(R"({"age":null,"numbers":null} )", person));
  EXPECT_EQ(person.age, -8);
  EXPECT_FALSE(person.numbers);
}

TEST(ReadJson, RefusesWhatDoesNotFit) {
  for (const char* json :
       {"", "x", "[]", "1", R"({"age":"7"})", R"({"age":128})", R"({"age":1.5})", R"({"name":1})", R"({"tags":{}})",
        R"({"tags":[1]})", R"({"place":[]})", R"({"name":"a",})", R"({"name":"a"}x)", R"({"age":99999999999999999999})",
        "{\"name\":\"\xff\"}", "\xef\xbb\xbf{}"}) {
    Person person;
    EXPECT_FALSE(unbox(json, person)) << json;
  }
  EXPECT_FALSE(formats::parse_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace duel::beego::context
