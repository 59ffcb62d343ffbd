#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/context/gin/values.h"
#include "tests/context/json_floats.h"

// The rows of the table "JSON values".
namespace duel::context {
namespace {

using gin::embedded;
using gin::field;
using gin::fields;
using gin::H;
using gin::omit_empty;
using gin::quoted;
using Writer = gin::json::Writer;
using namespace std::literals;

constexpr std::string_view kControls =
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"sv;
// Rows 66 to 84.
constexpr std::string_view kTexts[] = {"",
                                       "hello",
                                       R"(say "hi" \ / done)",
                                       kControls,
                                       "<b>&amp;</b>",
                                       "a\u2028b\u2029c",
                                       "\u00e9 \u00df \u00f1",
                                       "\u65e5\u672c\u8a9e",
                                       "\U0001F600 and \U0001D4B3",
                                       "\uFEFF"
                                       "bom",
                                       "\uFFFD",
                                       "\U0010FFFF\uE000\u07FF\u0800",
                                       "a\xff"
                                       "b",
                                       "\xe2\x82",
                                       "\xed\xa0\x80",
                                       "\xc0\xaf.",
                                       "\xf4\x90\x80\x80",
                                       "\xc3\xa9\xe9\xc3\xa9",
                                       "\u0085\u00A0\u200B\u200D"};

std::vector<std::byte> bytes(std::string_view text) {
  std::vector<std::byte> to;
  for (const char c : text) to.push_back(std::byte(c));
  return to;
}

struct Empty {
  static constexpr auto json_fields = fields();
};

struct Ann {
  std::string_view name = "ann";
  int age = 7;
  static constexpr auto json_fields = fields(field("name", &Ann::name), field("age", &Ann::age));
};

struct OddNames {
  int id = 1;
  std::string_view name = "u";
  std::string_view dash = "d";
  static constexpr auto json_fields =
      fields(field("ID", &OddNames::id), field("UserName", &OddNames::name), field("-", &OddNames::dash));
};

struct Omitted {
  int i = 0;
  unsigned u = 0;
  double f = 0;
  bool b = false;
  std::string_view s{};
  std::optional<int> p{};
  std::vector<int> l{};
  std::map<std::string, int> m{};
  Ann n{.name = "", .age = 0};
  std::optional<bool> x{};
  static constexpr auto json_fields = fields(field("i", &Omitted::i, omit_empty), field("u", &Omitted::u, omit_empty),
                                             field("f", &Omitted::f, omit_empty), field("b", &Omitted::b, omit_empty),
                                             field("s", &Omitted::s, omit_empty), field("p", &Omitted::p, omit_empty),
                                             field("l", &Omitted::l, omit_empty), field("m", &Omitted::m, omit_empty),
                                             field("n", &Omitted::n, omit_empty), field("x", &Omitted::x, omit_empty));
};

struct Quoted {
  int i = 1;
  uint8_t u = 255;
  double f = 1.5;
  bool b = true;
  std::string_view s = "x<";
  std::optional<int> p{};
  static constexpr auto json_fields =
      fields(field("i", &Quoted::i, quoted), field("u", &Quoted::u, quoted), field("f", &Quoted::f, quoted),
             field("b", &Quoted::b, quoted), field("s", &Quoted::s, quoted), field("p", &Quoted::p, quoted));
};

struct Base {
  int id = 1;
  std::string_view kind = "base";
  static constexpr auto json_fields = fields(field("id", &Base::id), field("kind", &Base::kind));
};
struct Note {
  std::string_view note = "n";
  static constexpr auto json_fields = fields(field("note", &Note::note));
};
struct Outer {
  Base base{};
  std::optional<Note> note{};
  std::string_view kind = "own";
  int z = 9;
  static constexpr auto json_fields =
      fields(embedded(&Outer::base), embedded(&Outer::note), field("kind", &Outer::kind), field("z", &Outer::z));
};

struct Tree {
  std::string_view name;
  std::optional<std::vector<Tree>> kids{};
  static constexpr auto json_fields = fields(field("name", &Tree::name), field("kids", &Tree::kids));
};

struct Nulls {
  std::optional<std::vector<int>> a{};
  std::optional<std::map<std::string, int>> b{};
  static constexpr auto json_fields = fields(field("a", &Nulls::a), field("b", &Nulls::b));
};

// Values that write themselves.
struct ItselfJson {
  void write_json(const Writer& writer) const { write(writer, gin::json::Raw{R"( { "n" : [ 5 , "<" ] } )"}); }
};
struct ItselfText {
  void write_json(const Writer& writer) const { write(writer, "A<B"); }
};
struct Fails {
  void write_json(const Writer&) const { throw std::domain_error("no JSON form"); }
};
// A list in a list, and so on.
struct Nested {
  int depth;
  void write_json(const Writer& writer) const {
    if (depth == 0) return write(writer, 1);
    write(writer, std::array<Nested, 1>{Nested{depth - 1}});
  }
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const gin::Time kLeapDay(1709211907, 0);

std::vector<int> first_numbers() {
  std::vector<int> to;
  for (int i = 0; i < 100; ++i) to.push_back(i);
  return to;
}

std::map<std::string, int> thirty_keys() {
  std::map<std::string, int> to;
  for (int i = 0; i < 30; ++i) to[(i < 10 ? "k0" : "k") + std::to_string(i)] = i;
  return to;
}

std::string long_text() {
  std::string to;
  for (int i = 0; i < 500; ++i) to += "abcdefghij";
  return to;
}

using Ints = std::vector<int>;
using W = const Writer&;

void write_first(W w, int n) {
  switch (n) {
    case 0:
      return write(w, nullptr);
    case 1:
      return write(w, true);
    case 2:
      return write(w, false);
    case 3:
      return write(w, 0);
    case 4:
      return write(w, -1);
    case 5:
      return write(w, std::numeric_limits<int64_t>::min());
    case 6:
      return write(w, std::numeric_limits<int64_t>::max());
    case 7:
      return write(w, std::numeric_limits<uint64_t>::max());
    case 8:
      return write(w, int8_t{-128});
    case 9:
      return write(w, uint8_t{255});
    case 10:
      return write(w, int64_t{9007199254740993});
    case 85:
      return write(w, long_text());
    case 86:
      return write(w, std::optional<std::vector<std::byte>>());
    case 87:
      return write(w, bytes(""));
    case 88:
      return write(w, bytes("\x00\xff\x10\x3e\x3f"sv));
    case 89:
      return write(w, bytes("hello world"));
    case 90:
      return write(w, std::optional<Ints>());
    case 91:
      return write(w, Ints());
    case 92:
      return write(w, Ints{1, -2, 3});
    case 93:
      return write(w, std::array{true, false, true});
    case 94:
      return write(w, std::array{"", "a", "<"});
    case 95:
      return write(w, std::vector<std::optional<Ints>>{Ints{}, std::nullopt, Ints{1, 2}});
    case 96:
      return write(w, std::tuple(nullptr, true, 1, 2.5, "x", Ints(), Empty()));
    case 97:
      return write(w, std::vector<std::optional<int>>{1, std::nullopt, 3});
    case 98:
      return write(w, std::optional<std::map<std::string, int>>());
    case 99:
      return write(w, std::map<std::string, int>());
    case 100:
      return write(w, H{{"b", 2}, {"a", 1}, {"C", 3}, {"B", 4}, {"aa", 5}, {"", 0}});
    case 101:
      return write(w, H{{"\u00e9", 1}, {"z", 2}, {"\U0001F600", 3}, {"\uFFFF", 4}});
    case 102:
      return write(w, H{{"<k>", "<v>"}, {"q\"", "&"}, {"tab\t", "\u2028"}});
    case 103:
      return write(w, std::map<int, std::string>{{10, "ten"}, {9, "nine"}, {-1, "minus"}});
    case 104:
      return write(w, H{{"message", "pong"}});
    case 105:
      return write(w,
                   H{{"z", H{{"y", H{{"x", H{{"w", std::tuple(1, std::map<std::string, int>{{"b", 1}, {"a", 2}})}}}}},
                             {"a", nullptr}}}});
    default:
      throw std::out_of_range("no such row");
  }
}

void write_second(W w, int n) {
  switch (n) {
    case 106:
      return write(w, Empty());
    case 107:
      return write(w, Ann());
    case 108:
      return write(w, std::make_unique<Ann>());
    case 109:
      return write(w, static_cast<const Ann*>(nullptr));
    case 110:
      return write(w, std::array{Ann{"a", 1}, Ann{"<b>", -2}});
    case 111:
      return write(w, OddNames());
    case 112:
      return write(w, Omitted());
    case 113:
      return write(w, Omitted{.i = 1,
                              .u = 2,
                              .f = 0.5,
                              .b = true,
                              .s = "s",
                              .p = 7,
                              .l = {0},
                              .m = {{"k", 0}},
                              .n = {"n", 1},
                              .x = false});
    case 114:
      return write(w, Omitted{.p = 0});
    case 115:
      return write(w, Quoted());
    case 116:
      return write(w, Outer());
    case 117:
      return write(w, Outer{.note = Note()});
    case 118:
      return write(w, Tree{"r", std::vector<Tree>{Tree{"a"}, Tree{"b", std::vector<Tree>()}}});
    case 119:
      return write(w, Nulls());
    case 120:
      return write(w, kLeapDay);
    case 121:
      return write(w, gin::Time(1709211907 - 330 * 60, 120000003, std::chrono::minutes(330)));
    case 122:
      return write(w, gin::Time(-62135596800, 0));
    case 123:
      return write(w, gin::Time(253402300800, 0));
    case 124:
      return write(w, std::chrono::milliseconds(1500));
    case 125:
      return write(w, gin::json::Number{"1.50e+3"});
    case 126:
      return write(w, gin::json::Number{});
    case 127:
      return write(w, gin::json::Number{"abc"});
    case 128:
      return write(w, gin::json::Raw{R"( { "a" : [ 1 , "<" ] } )"});
    case 129:
      return write(w, gin::json::Raw{R"({"a":)"});
    case 130:
      return write(w, ItselfJson());
    case 131:
      return write(w, ItselfText());
    case 132:
      return write(w, Fails());
    case 133:
      return write(w, std::numeric_limits<double>::quiet_NaN());
    case 134:
      return write(w, kInfinity);
    case 135:
      return write(w, -std::numeric_limits<float>::infinity());
    case 136:
      return write(w, H{{"ok", 1}, {"z", std::numeric_limits<double>::quiet_NaN()}});
    case 137:
      return write(w, std::tuple(1, kInfinity));
    case 138:
    case 139:
      return write(w, Fails());  // a type without a form is a compile error here
    case 140:
      return write(w, std::array{0.0, 0.5, 1e21, 1e-7, -0.0});
    case 141:
      return write(w,
                   H{{"a", Ints()}, {"b", Empty()}, {"c", std::array{Ints()}}, {"d", std::array{Empty()}}, {"e", ""}});
    case 142:
      return write(w,
                   H{{"user", Ann()}, {"tags", std::array{"a", "b"}}, {"ok", true}, {"none", nullptr}, {"pi", 3.14}});
    case 143:
      return write(w, first_numbers());
    case 144:
      return write(w, thirty_keys());
    case 145:
      return write(w, Nested{60});
    case 146:
      return write(w, std::array<int32_t, 2>{97, 128512});
    case 147:
      return write(w, "</script><script>alert('1')</script>");
    case 148:
      return write(w, "line1\nline2\r\n\ttab");
    default:
      throw std::out_of_range("no such row");
  }
}

}  // namespace

void JsonRow::write_json(const Writer& writer) const {
  const auto row = static_cast<size_t>(n);
  if (is_double(row)) return write(writer, double_of(row));
  if (is_float(row)) return write(writer, float_of(row));
  if (n >= 66 && n <= 84) return write(writer, kTexts[n - 66]);
  n <= 105 ? write_first(writer, n) : write_second(writer, n);
}

}  // namespace duel::context
