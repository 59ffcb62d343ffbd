#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/context/gin/handlers.h"

// The tables "XML values" and "YAML values".
namespace duel::context {
namespace {

using gin::Context;
using gin::field;
using gin::fields;
using gin::H;
using namespace std::literals;

struct Person {
  std::string_view name = "ann";
  int age = 7;
  bool ok = true;
  double pi = 3.5;
  static constexpr std::string_view xml_name = "Person";
  static constexpr auto json_fields = fields(field("Name", &Person::name), field("Age", &Person::age),
                                             field("Ok", &Person::ok), field("Pi", &Person::pi));
};

struct Group {
  std::string_view title;
  std::vector<Person> people{};
  std::optional<Person> lead{};
  static constexpr std::string_view xml_name = "Group";
  static constexpr auto json_fields =
      fields(field("Title", &Group::title), field("People", &Group::people), field("Lead", &Group::lead));
};

struct Text {
  std::string_view text;
  static constexpr std::string_view xml_name = "Text";
  static constexpr auto json_fields = fields(field("Text", &Text::text));
};

struct Item {
  int id = 7;
  std::string_view name = "n";
  std::array<std::string_view, 2> tags{"a", "b"};
  static constexpr std::string_view xml_name = "item";
  static constexpr auto json_fields =
      fields(field("id", &Item::id, gin::attribute), field("name", &Item::name), field("tag", &Item::tags));
};

struct Nothing {
  static constexpr std::string_view xml_name = "Nothing";
  static constexpr auto json_fields = fields();
};

constexpr std::string_view kOdd = "\"'<>&\t\n\r\u00e9\u2028\xff\x01";
using Ints = std::vector<int>;

// Rows 6 to 32 of the YAML table, without 31 and 32.
constexpr std::string_view kYamlTexts[] = {
    "hello",     "",           "true",         "12",     "1.5",
    "null",      "~",          "yes",          "- a",    "a: b",
    "#c",        "a #c",       " lead",        "trail ", "it's",
    "say \"x\"", "two\nlines", "two\nlines\n", "tab\tx", "\u00e9 \u65e5\u672c \U0001F600",
    "\x01",      "2024-02-29", "0x1f",         "*a",     "{a}"};

std::string thirty_words() {
  std::string to;
  for (int i = 0; i < 30; ++i) to += "word ";
  return to;
}

}  // namespace

void xml(Context& c) {
  const int status = code(c, 200);
  switch (row(c)) {
    case 0:
      return c.xml(status, Person());
    case 1:
      return c.xml(status, std::make_unique<Person>());
    case 2:
      return c.xml(status, Group{.title = "<g>", .people = {{"a", 1, false, 0}, {"b", -2, true, 1e21}}});
    case 3:
      return c.xml(status, Group{.title = "", .lead = Person{"l", 0, false, 0.1}});
    case 4:
      return c.xml(status, std::array{Person{"x", 0, false, 0}, Person{"y", 0, false, 0}});
    case 5:
      return c.xml(status, Text{kOdd});
    case 6:
      return c.xml(status, "plain <&"sv);
    case 7:
      return c.xml(status, 5);
    case 8:
      return c.xml(status, true);
    case 9:
      return c.xml(status, 1.5);
    case 10:
      return c.xml(status, std::array{"a"sv, "b"sv});
    case 11:
      return c.xml(status, nullptr);
    case 12:
      return c.xml(status, Item());
    case 13:
      return c.xml(status, std::map<std::string, int>{{"a", 1}});
    case 14:
      return c.xml(status, Nothing());
    default:
      return no_such_row(c);
  }
}

void yaml(Context& c) {
  const int status = code(c, 200);
  const int n = row(c);
  if (n >= 6 && n <= 30) return c.yaml(status, kYamlTexts[n - 6]);
  switch (n) {
    case 0:
      return c.yaml(status, nullptr);
    case 1:
      return c.yaml(status, true);
    case 2:
      return c.yaml(status, -7);
    case 3:
      return c.yaml(status, 1.5);
    case 4:
      return c.yaml(status, 1e21);
    case 5:
      return c.yaml(status, 100.0);
    case 31:
      return c.yaml(status, std::string(100, 'a'));
    case 32:
      return c.yaml(status, thirty_words());
    case 33:
      return c.yaml(status, Ints{1, 2});
    case 34:
      return c.yaml(status, Ints());
    case 35:
      return c.yaml(status, std::array{"a"sv, ""sv, "b c"sv});
    case 36:
      return c.yaml(status, H{{"b", 1}, {"a", 2}});
    case 37:
      return c.yaml(status, H{});
    case 38:
      return c.yaml(status, H{{"message", "pong"}});
    case 39:
      return c.yaml(
          status, H{{"l", std::tuple(1, "x", nullptr)}, {"m", H{{"k", std::array{true}}}}, {"e", Ints()}, {"f", H{}}});
    case 40:
      return c.yaml(status, std::vector<Ints>{{1}, {2, 3}});
    case 41:
      return c.yaml(status, Person());
    case 42:
      return c.yaml(status, Group{.title = "g", .people = {{"a", 1, false, 0}}});
    case 43:
      return c.yaml(status, H{{"true", 1}, {"1", 2}, {"", 3}, {"a b", 4}, {"x:y", 5}});
    default:
      return no_such_row(c);
  }
}

void negotiate(Context& c) {
  constexpr std::string_view kOffers[] = {Context::kMimeJson, Context::kMimeXml, Context::kMimeYaml};
  c.negotiate(200, kOffers, Person());
}

}  // namespace duel::context
