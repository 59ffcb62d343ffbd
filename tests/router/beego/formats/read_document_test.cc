#include "router/beego/formats/read_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace duel::beego::formats {
namespace {

using ::testing::ElementsAre;
using values::field;
using values::fields;

struct Place {
  std::string town = "nowhere";
  static constexpr auto beego_fields = fields(field("town", &Place::town));
};

struct Person {
  std::string name = "before";
  int8_t age = 7;
  bool ok = false;
  double weight = 1;
  std::optional<std::vector<int>> numbers;
  std::vector<std::string> tags;
  values::Time born;
  std::any any;
  Place place;
  uint64_t count = 0;
  static constexpr auto beego_fields =
      fields(field("Name", &Person::name), field("age", &Person::age), field("ok", &Person::ok),
             field("weight", &Person::weight), field("numbers", &Person::numbers), field("tags", &Person::tags),
             field("born", &Person::born), field("any", &Person::any), field("place", &Person::place),
             field("count", &Person::count));
};

bool from_yaml(std::string_view text, Person& to) {
  const auto root = parse_yaml(text);
  return root && unbox_yaml(*root, to);
}

bool from_xml(std::string_view text, Person& to) {
  const auto root = parse_xml(text);
  return root && unbox_xml(*root, to);
}

constexpr int64_t kLeapDay = 1'709'164'800;  // 2024-02-29

TEST(ReadYaml, FillsDescribedMembers) {
  Person person;
  EXPECT_TRUE(from_yaml(
      "name: 7\nage: -8\nok: yes\nweight: 3\nnumbers: [1, 0x10]\ntags:\n- x\n- 1.50\nborn: 2024-02-29\n"
      "any: [1, a, null, true, 1.5, {k: v}]\nplace: {town: Bonn, other: 1}\ncount: 18446744073709551615\nother: 1\n",
      person));
  EXPECT_EQ(person.name, "7") << "a text may look like a number";
  EXPECT_EQ(person.age, -8);
  EXPECT_TRUE(person.ok);
  EXPECT_EQ(person.weight, 3.0);
  EXPECT_THAT(*person.numbers, ElementsAre(1, 16));
  EXPECT_THAT(person.tags, ElementsAre("x", "1.50"));
  EXPECT_EQ(person.born, values::Time(kLeapDay, 0));
  EXPECT_EQ(person.place.town, "Bonn");
  EXPECT_EQ(person.count, 18446744073709551615U);
  const auto list = std::any_cast<values::List>(person.any);
  ASSERT_EQ(list.size(), 6U);
  EXPECT_EQ(std::any_cast<int64_t>(list[0]), 1);
  EXPECT_EQ(std::any_cast<std::string>(std::any_cast<values::Map>(list[5]).at("k")), "v");
  EXPECT_TRUE(from_yaml("age:\nnumbers: null\n", person));
  EXPECT_EQ(person.age, -8);
  EXPECT_FALSE(person.numbers);
}

struct Scale {
  float weight = 0;
  static constexpr auto beego_fields = fields(field("weight", &Scale::weight));
};

// Otherwise the member would be infinite, and no JSON could show it.
TEST(ReadYaml, AFloatMustHoldTheNumber) {
  Scale scale;
  EXPECT_FALSE(unbox_yaml(*parse_yaml("weight: 1e300"), scale));
  EXPECT_TRUE(unbox_yaml(*parse_yaml("weight: 1.5"), scale));
  EXPECT_EQ(scale.weight, 1.5F);
}

TEST(ReadYaml, RefusesWhatDoesNotFit) {
  for (const char* text :
       {"x", "[]", "a: [", "age: x", "age: 128", "age: 1.5", "age: []", "ok: 1", "weight: x", "name: []", "tags: {}",
        "tags: [[]]", "place: []", "born: x", "count: -1", "age: 1\nage: 2", "any: {a: 1, a: 2}"}) {
    Person person;
    EXPECT_FALSE(from_yaml(text, person)) << text;
  }
}

TEST(ReadXml, FillsDescribedMembers) {
  Person person;
  EXPECT_TRUE(
      from_xml("<p a='1'><Name> a&lt;b </Name><age> -8\n</age><ok>true</ok><weight>.5</weight><numbers>1</numbers>"
               "<tags>x</tags><numbers>2</numbers><tags/><born>2024-02-29T00:00:00Z</born><any>x</any>"
               "<place><town>Bonn</town><town>Cologne</town></place><other/></p>",
               person));
  EXPECT_EQ(person.name, " a<b ");
  EXPECT_EQ(person.age, -8);
  EXPECT_TRUE(person.ok);
  EXPECT_EQ(person.weight, .5);
  EXPECT_THAT(*person.numbers, ElementsAre(1, 2));
  EXPECT_THAT(person.tags, ElementsAre("x", ""));
  EXPECT_EQ(person.born, values::Time(kLeapDay, 0));
  EXPECT_FALSE(person.any.has_value());
  EXPECT_EQ(person.place.town, "Cologne") << "the last one counts";
  EXPECT_TRUE(from_xml("<p><age/><name>x</name></p>", person));
  EXPECT_EQ(person.age, 0) << "no text is zero";
  EXPECT_EQ(person.name, " a<b ") << "names have a letter case";
}

TEST(ReadXml, RefusesWhatDoesNotFit) {
  for (const char* text : {"", "x", "<p>", "<p></q>", "<p/><p/>", "<p><age>x</age></p>", "<p><age> </age></p>",
                           "<p><age>128</age></p>", "<p><ok>yes</ok></p>", "<p><weight>nan</weight></p>",
                           "<p><born>2024</born></p>", "<!DOCTYPE p [<!ENTITY e 'x'>]><p>&e;</p>"}) {
    Person person;
    EXPECT_FALSE(from_xml(text, person)) << text;
  }
}

}  // namespace
}  // namespace duel::beego::formats
