#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/documents/limits.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

using ::testing::ElementsAre;

struct Address6 {
  std::string_view city;
  int8_t floor = 0;
  static constexpr auto json_fields =
      fields(field("city", &Address6::city, required), field("floor", &Address6::floor));
};

struct Person {
  std::string_view name;
  int age = -1;
  uint64_t big = 0;
  double score = 0;
  bool admin = false;
  std::optional<std::string_view> email;
  std::span<const std::string_view> tags;
  std::vector<int> numbers;
  std::string note;
  Address6 address;
  static constexpr auto json_fields =
      fields(field("name", &Person::name, required), field("age", &Person::age), field("big", &Person::big),
             field("score", &Person::score), field("admin", &Person::admin), field("email", &Person::email),
             field("tags", &Person::tags), field("numbers", &Person::numbers), field("note", &Person::note),
             field("address", &Person::address));
};

struct Nick {
  std::optional<std::string_view> nick;
  static constexpr auto json_fields = fields(field("nick", &Nick::nick, required));
};

struct Node {
  std::vector<Node> children;
  static constexpr auto json_fields = fields(field("children", &Node::children));
};

const std::vector<FieldText> kJsonType = {{"Content-Type", "application/json"}};

std::string json_problem(std::string_view body) {
  std::string problem;
  probe("POST", "?", kJsonType, body, [&](Context& c) {
    Person person;
    if (const auto error = c.should_bind_json(person)) problem = error->message;
  });
  return problem;
}

TEST(BindJson, FillsEveryKindOfMember) {
  constexpr std::string_view kBody =
      R"( {"name":"A\u00e9\n","AGE":36,"big":18446744073709551615,"score":4.5,"admin":true,
      "email":null,"tags":["x","y"],"numbers":[1,-2],"note":"long","address":{"city":"L","floor":-128},"other":[{}]} )";
  const Answer answer = probe("POST", "?", kJsonType, kBody, [](Context& c) {
    Person person;
    person.email = "old";
    ASSERT_TRUE(c.bind_json(person));
    EXPECT_EQ(person.name, "A\xC3\xA9\n");
    EXPECT_EQ(person.age, 36) << "letter case is ignored";
    EXPECT_EQ(person.big, 18446744073709551615u);
    EXPECT_EQ(person.score, 4.5);
    EXPECT_TRUE(person.admin);
    EXPECT_EQ(person.email, std::nullopt);
    EXPECT_THAT(person.tags, ElementsAre("x", "y"));
    EXPECT_THAT(person.numbers, ElementsAre(1, -2));
    EXPECT_EQ(person.note, "long");
    EXPECT_EQ(person.address.city, "L");
    EXPECT_EQ(person.address.floor, -128);
    Person again;
    ASSERT_TRUE(c.bind(again)) << "bind() chooses JSON by the content type";
    EXPECT_EQ(person.name, "A\xC3\xA9\n") << "not in the parser's memory, which has been reused";
    c.json(200, person);
  });
  EXPECT_THAT(answer.body,
              ::testing::HasSubstr(R"("numbers":[1,-2],"note":"long","address":{"city":"L","floor":-128})"));
}

TEST(BindJson, LeavesMissingMembersUnchanged) {
  probe("POST", "?", kJsonType, R"({"name":"a","age":null})", [](Context& c) {
    Person person;
    ASSERT_TRUE(c.bind_json(person));
    EXPECT_EQ(person.age, -1);
    EXPECT_FALSE(person.email.has_value());
  });
}

TEST(BindJson, NamesTheField) {
  EXPECT_EQ(json_problem(R"({"age":1})"), "name: is required");
  EXPECT_EQ(json_problem(R"({"name":null})"), "name: is required");
  EXPECT_EQ(json_problem(R"({"name":1})"), "name: must be text");
  EXPECT_EQ(json_problem(R"({"name":"a","age":"1"})"), "age: must be a whole number");
  EXPECT_EQ(json_problem(R"({"name":"a","age":1.5})"), "age: must be a whole number");
  EXPECT_EQ(json_problem(R"({"name":"a","age":2147483648})"), "age: is out of range");
  EXPECT_EQ(json_problem(R"({"name":"a","big":-1})"), "big: is out of range");
  EXPECT_EQ(json_problem(R"({"name":"a","score":true})"), "score: must be a number");
  EXPECT_EQ(json_problem(R"({"name":"a","admin":1})"), "admin: must be true or false");
  EXPECT_EQ(json_problem(R"({"name":"a","tags":"x"})"), "tags: must be a list");
  EXPECT_EQ(json_problem(R"({"name":"a","tags":["x",2]})"), "tags[1]: must be text");
  EXPECT_EQ(json_problem(R"({"name":"a","numbers":[1,2,{}]})"), "numbers[2]: must be a whole number");
  EXPECT_EQ(json_problem(R"({"name":"a","address":[]})"), "address: must be an object");
  EXPECT_EQ(json_problem(R"({"name":"a","address":{"city":"x","floor":128}})"), "address.floor: is out of range");
  EXPECT_EQ(json_problem(R"({"name":"a","address":{}})"), "address.city: is required");
  EXPECT_EQ(json_problem("[]"), "body: must be an object");
  EXPECT_EQ(json_problem("null"), "name: is required") << "as an object without members";
}

TEST(BindJson, RefusesMalformedJson) {
  EXPECT_EQ(json_problem(""), "body: is empty, JSON is expected");
  for (const char* body : {"{", "{\"name\":\"a\"", "{\"name\":\"a\"}x", "{\"name\":\"a\",}", "{name:1}", "\"", "tru",
                           "{\"name\":\"a\",\"other\":[1,,]}", "{\"name\":\"\x01\"}", "{\"name\":\"\\ud800\"}"}) {
    EXPECT_THAT(json_problem(body), ::testing::StartsWith("body: is not JSON")) << body;
  }
  EXPECT_EQ(json_problem("{\"name\":\"\xFF\"}"), "body: is not UTF-8");
  EXPECT_EQ(json_problem("{\"name\":\"a\",\"score\":1e999}"), "body: holds a number that is malformed or out of range");
  EXPECT_EQ(json_problem("{\"name\":\"a\",\"age\":" + std::string(400, '9') + "}"),
            "body: holds a number that is malformed or out of range");
}

TEST(BindJson, LimitsTheDepth) {
  const auto nested = [](size_t depth) {
    std::string body;
    for (size_t i = 0; i < depth; ++i) body += R"({"children":[)";
    for (size_t i = 0; i < depth; ++i) body += "]}";
    std::string problem;
    probe("POST", "?", kJsonType, body, [&](Context& c) {
      Node node;
      if (const auto error = c.should_bind_json(node)) problem = error->message;
    });
    return problem;
  };
  EXPECT_EQ(nested(documents::kMaxDepth / 2 - 1), "");
  EXPECT_EQ(nested(documents::kMaxDepth), "body: is nested too deeply");
  EXPECT_EQ(nested(50'000), "body: is nested too deeply");
  EXPECT_NE(json_problem(std::string(200'000, '[')), "");
}

TEST(BindJson, UsesTheLastDuplicateAndRefusesAByteOrderMark) {
  probe("POST", "?", kJsonType, R"({"name":"a","name":"b","Name":"c","age":1,"age":null})", [](Context& c) {
    Person person;
    ASSERT_TRUE(c.bind_json(person));
    EXPECT_EQ(person.name, "c") << "as in Go";
    EXPECT_EQ(person.age, 1);
  });
  EXPECT_THAT(json_problem("\xEF\xBB\xBF{\"name\":\"a\"}"), ::testing::StartsWith("body: is not JSON"));
  EXPECT_EQ(json_problem(std::string("{\"name\":\"a\"}\0", 12)), "");
  EXPECT_THAT(json_problem(std::string("{\"name\":\"a\"}\0", 13)), ::testing::StartsWith("body: is not JSON"));
}

TEST(BindJson, NullDoesNotUndoARequiredMember) {
  EXPECT_EQ(json_problem(R"({"name":"a","name":null})"), "");
  EXPECT_EQ(json_problem(R"({"name":null,"name":"a"})"), "");
  probe("POST", "?", kJsonType, R"({"nick":"a","nick":null})", [](Context& c) {
    Nick nick;
    const auto error = c.should_bind_json(nick);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->message, "nick: is required") << "null empties an optional member";
  });
}

TEST(BindJson, AcceptsIntegersBeyond64Bits) {
  constexpr std::string_view kBody =
      R"({"name":"12345678901234567890123 \" 1","score":100000000000000000000,"big":18446744073709551615,)"
      R"("other":[-9223372036854775809,99999999999999999999999,0.12345678901234567890123,1e2,1e-12345678901234567890123]})";
  probe("POST", "?", kJsonType, kBody, [](Context& c) {
    Person person;
    const auto error = c.should_bind_json(person);
    ASSERT_FALSE(error) << error->message;
    EXPECT_EQ(person.name, "12345678901234567890123 \" 1") << "digits in text are unchanged";
    EXPECT_EQ(person.score, 1e20) << "JavaScript writes 1e20 like this";
    EXPECT_EQ(person.big, 18446744073709551615u) << "an integer of 64 bits is exact";
  });
  EXPECT_EQ(json_problem(R"({"name":"a","big":18446744073709551616})"), "big: is out of range");
  EXPECT_EQ(json_problem(R"({"name":"a","age":-9223372036854775809})"), "age: is out of range");
  EXPECT_EQ(json_problem(R"({"name":"a","age":1e30})"), "age: is out of range");
  for (const char* number : {"012345678901234567890123", "1e12345678901234567890123", "-", "--12345678901234567890123",
                             "12345678901234567890123x", "12345678901234567890123."}) {
    EXPECT_NE(json_problem("{\"name\":\"a\",\"other\":" + std::string(number) + "}"), "") << number;
  }
  const std::string many = "{\"name\":\"a\",\"other\":[" + std::string(5000, '1') + ",1e5]}";
  EXPECT_EQ(json_problem(many), "body: holds a number that is malformed or out of range");
  std::string list = R"({"name":"a","other":[1)";
  for (int i = 0; i < 3000; ++i) list += ",99999999999999999999";
  EXPECT_EQ(json_problem(list + "]}"), "") << "longer than the first memory of the parser";
}

TEST(BindJson, DoesNotKeepTheParserOfALargeBody) {
  std::string body = R"({"name":"a","numbers":[1)";
  for (int i = 0; i < 50'000; ++i) body += ",12";
  body += "]}";
  probe("POST", "?", kJsonType, body, [](Context& c) {
    Person person;
    ASSERT_TRUE(c.bind_json(person));
    EXPECT_EQ(person.numbers.size(), 50'001u);
  });
  EXPECT_EQ(json_problem(R"({"name":"a"})"), "");
}

TEST(Bind, Answers400AndAborts) {
  const Answer answer = probe("POST", "?", kJsonType, R"({"name":"a","age":"<x>"})", [](Context& c) {
    Person person;
    EXPECT_FALSE(c.bind_json(person));
    EXPECT_TRUE(c.is_aborted());
    ASSERT_EQ(c.errors().size(), 1u);
    EXPECT_EQ(c.errors()[0].kind, ErrorKind::kBind);
  });
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"error":"age: must be a whole number"})");
}

TEST(BindQuery, ConvertsTextToTheTypesOfTheMembers) {
  probe("?name=a+b&age=%2B7&big=&score=1e3&admin=t&email=&tags=x&tags=y&numbers=1&numbers=2&city=c&floor=3",
        [](Context& c) {
          Person person;
          ASSERT_TRUE(c.bind_query(person));
          EXPECT_EQ(person.name, "a b");
          EXPECT_EQ(person.age, 7);
          EXPECT_EQ(person.score, 1000);
          EXPECT_TRUE(person.admin);
          EXPECT_EQ(person.email, "");
          EXPECT_THAT(person.tags, ElementsAre("x", "y"));
          EXPECT_THAT(person.numbers, ElementsAre(1, 2));
          EXPECT_EQ(person.address.floor, 3) << "members of inner structs have no prefix";
        });
}

TEST(BindQuery, NamesTheField) {
  const auto problem = [](std::string_view query) {
    std::string text;
    probe(query, [&](Context& c) {
      Person person;
      if (const auto error = c.should_bind_query(person)) text = error->message;
    });
    return text;
  };
  EXPECT_EQ(problem("?city=c"), "name: is required");
  EXPECT_EQ(problem("?name=a"), "city: is required");
  EXPECT_EQ(problem("?name=a&city=c&age=x"), "age: must be a whole number");
  EXPECT_EQ(problem("?name=a&city=c&age=1x"), "age: must be a whole number");
  EXPECT_EQ(problem("?name=a&city=c&age=%2B%2B1"), "age: must be a whole number");
  EXPECT_EQ(problem("?name=a&city=c&age=%2B-1"), "age: must be a whole number");
  EXPECT_EQ(problem("?name=a&city=c&score=nan"), "score: must be a number");
  EXPECT_EQ(problem("?name=a&city=c&score=-inf"), "score: must be a number");
  EXPECT_EQ(problem("?name=a&city=c&age=99999999999999999999"), "age: is out of range");
  EXPECT_EQ(problem("?name=a&city=c&floor=128"), "floor: is out of range");
  EXPECT_EQ(problem("?name=a&city=c&big=-1"), "big: must be a whole number");
  EXPECT_EQ(problem("?name=a&city=c&score=1e999"), "score: is out of range");
  EXPECT_EQ(problem("?name=a&city=c&admin=yes"), "admin: must be true or false");
  EXPECT_EQ(problem("?name=a&city=c&numbers=1&numbers=x"), "numbers[1]: must be a whole number");
}

struct Leaf {
  int x = 0;
  static constexpr auto json_fields = fields(field("x", &Leaf::x));
};
struct Options {
  int limit = 0;
  std::optional<std::vector<int>> ids{};
  std::array<int, 2> pair{};
  Time at{};
  Time day{};
  std::chrono::nanoseconds age{};
  Leaf leaf{};
  std::map<std::string, int> map{};
  std::unique_ptr<Options> next{};
  static constexpr auto json_fields =
      fields(field("limit", &Options::limit, default_value("7")), field("ids", &Options::ids, default_value("1")),
             field("pair", &Options::pair), field("at", &Options::at),
             field("day", &Options::day, time_format("2006-01-02")), field("age", &Options::age),
             embedded(&Options::leaf), field("map", &Options::map), field("next", &Options::next));
};

TEST(BindQuery, ReadsDefaultsTimesAndEmbeddedStructs) {
  probe("?", [](Context& c) {
    Options options;
    ASSERT_TRUE(c.bind_query(options));
    EXPECT_EQ(options.limit, 7);
    EXPECT_THAT(*options.ids, ElementsAre(1));
  });
  probe(
      "?limit=8&ids=2&ids=3&pair=4&pair=5&at=2024-02-29T13:05:07.5%2B05:30&day=2024-02-29&age=-1h1.5s&x=6&map=1&next=1",
      [](Context& c) {
        Options options;
        ASSERT_TRUE(c.bind_query(options));
        EXPECT_EQ(options.limit, 8);
        EXPECT_THAT(*options.ids, ElementsAre(2, 3));
        EXPECT_THAT(options.pair, ElementsAre(4, 5));
        EXPECT_EQ(options.at, Time(1709192107, 500000000, std::chrono::minutes(330)));
        EXPECT_EQ(options.day, Time(1709164800, 0));
        EXPECT_EQ(options.age, -std::chrono::milliseconds(3601500));
        EXPECT_EQ(options.leaf.x, 6);
        EXPECT_TRUE(options.map.empty()) << "only JSON has maps";
        EXPECT_EQ(options.next, nullptr);
      });
  for (const char* bad : {"?pair=1", "?at=2024-02-30T00:00:00Z", "?at=2024-02-29", "?day=24-02-29", "?age=1", "?age=1x",
                          "?age=", "?ids=x"}) {
    probe(bad, [&](Context& c) {
      Options options;
      EXPECT_TRUE(c.should_bind_query(options)) << bad;
    });
  }
}

TEST(BindJson, ReadsMapsOwnedStructsAndTimes) {
  const auto read = [](std::string_view body, auto check) {
    probe("POST", "?", kJsonType, body, [&](Context& c) {
      Options options;
      ASSERT_TRUE(c.bind_json(options)) << body;
      check(options);
    });
  };
  read(R"({"map":{"a":1},"next":{"next":{"limit":3}},"X":2,"age":5,"at":"2024-02-29T13:05:07Z","pair":[1,2,3]})",
       [](const Options& options) {
         EXPECT_EQ(options.map.at("a"), 1);
         EXPECT_EQ(options.next->next->limit, 3);
         EXPECT_EQ(options.leaf.x, 2);
         EXPECT_EQ(options.age.count(), 5);
         EXPECT_EQ(options.at, Time(1709211907, 0));
         EXPECT_THAT(options.pair, ElementsAre(1, 2));
       });
  read("null", [](const Options& options) { EXPECT_EQ(options.limit, 0) << "defaults are not for JSON"; });
  for (const char* bad :
       {R"({"at":"2024-02-29T3:05:07Z"})", R"({"at":1})", R"({"age":"1h"})", R"({"map":{"a":"x"}})"}) {
    probe("POST", "?", kJsonType, bad, [&](Context& c) {
      Options options;
      EXPECT_TRUE(c.should_bind_json(options)) << bad;
    });
  }
}

TEST(BindJson, KeepsTheSignOfZeroAndAValueOfAnyKind) {
  probe("POST", "?", kJsonType, R"([-0,1,{"b":[],"a":"-0"},-0])", [](Context& c) {
    DocumentValue value;
    ASSERT_TRUE(c.bind_json(value));
    c.json(200, value);
    EXPECT_EQ(c.response_body(), R"([-0,1,{"a":"-0","b":[]},-0])");
  });
}

TEST(Bind, RefusesTypesThatCannotBeBound) {
  for (const char* type : {"application/toml", "Application/X-Protobuf; a=b", "application/msgpack"}) {
    const Answer answer = probe("POST", "?limit=1", {{"Content-Type", type}}, "limit: 2", [](Context& c) {
      Options options;
      EXPECT_FALSE(c.bind(options));
    });
    EXPECT_EQ(answer.status, 415) << type;
  }
}

TEST(BindForm, ReadsTheQueryFirstInAGetWithAMultipartForm) {
  probe("GET", "?limit=1", {{"Content-Type", "multipart/form-data; boundary=b"}},
        "--b\r\nContent-Disposition: form-data; name=\"limit\"\r\n\r\n2\r\n--b--", [](Context& c) {
          Options options;
          ASSERT_TRUE(c.bind(options));
          EXPECT_EQ(options.limit, 1);
        });
}

struct Place {
  int id = 0;
  std::string_view rest;
  static constexpr auto json_fields = fields(field("id", &Place::id, required), field("rest", &Place::rest));
};

TEST(BindUri, ReadsTheRoutesParameters) {
  probe("GET", "/probe/42/a/b", {}, {}, [](Context& c) {
    Place place;
    ASSERT_TRUE(c.bind_uri(place));
    EXPECT_EQ(place.id, 42);
    EXPECT_EQ(place.rest, "/a/b");
  });
  const Answer answer = probe("GET", "/probe/x/y", {}, {}, [](Context& c) {
    Place place;
    EXPECT_FALSE(c.bind_uri(place));
  });
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"error":"id: must be a whole number"})");
}

TEST(BindForm, ReadsTheBodyAndThenTheQuery) {
  const std::vector<FieldText> type = {{"Content-Type", "application/x-www-form-urlencoded"}};
  probe("POST", "?id=1&rest=q", type, "id=2", [](Context& c) {
    Place place;
    ASSERT_TRUE(c.bind(place));
    EXPECT_EQ(place.id, 2);
    EXPECT_EQ(place.rest, "q");
  });
  probe("GET", "?id=3", {}, {}, [](Context& c) {
    Place place;
    ASSERT_TRUE(c.bind(place));
    EXPECT_EQ(place.id, 3);
  });
}

TEST(BindForm, AMultipartFormExcludesTheQuery) {
  constexpr std::string_view kBody = "--b\r\nContent-Disposition: form-data; name=id\r\n\r\n2\r\n--b--";
  probe("POST", "?id=1&rest=q", {{"Content-Type", "multipart/form-data; boundary=b"}}, kBody, [](Context& c) {
    Place place;
    ASSERT_TRUE(c.bind(place));
    EXPECT_EQ(place.id, 2);
    EXPECT_EQ(place.rest, "") << "as in Gin";
  });
}

TEST(BindForm, RefusesMalformedUrlencoding) {
  const auto problem = [](std::string_view query, std::string_view body) {
    std::string text;
    probe("POST", query, {{"Content-Type", "application/x-www-form-urlencoded"}}, body, [&](Context& c) {
      Place place;
      if (const auto error = c.should_bind(place)) text = error->message;
    });
    return text;
  };
  EXPECT_EQ(problem("?", "id=1&rest=%41"), "");
  EXPECT_EQ(problem("?", "&id=1&&rest&"), "");
  for (const char* body : {"id=1&rest=%", "id=1&rest=%4", "id=1&rest=%zz", "id=1&%zz=x", "id=1;rest=x"}) {
    EXPECT_EQ(problem("?", body), "the form holds a malformed escape or a semicolon") << body;
  }
  EXPECT_EQ(problem("?rest=%zz", "id=1"), "the query holds a malformed escape or a semicolon");
}

TEST(BindForm, RefusesABrokenMultipartBody) {
  const Answer answer =
      probe("POST", "?", {{"Content-Type", "multipart/form-data; boundary=b"}}, "--b\r\n", [](Context& c) {
        Place place;
        EXPECT_FALSE(c.bind_form(place));
      });
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, R"({"error":"the body ends before the form's last boundary"})");
}

TEST(BindHeader, IgnoresLetterCase) {
  probe("GET", "?", {{"ID", "5"}, {"Rest", "x"}}, "", [](Context& c) {
    Place place;
    ASSERT_TRUE(c.bind_header(place));
    EXPECT_EQ(place.id, 5);
    EXPECT_EQ(place.rest, "x");
  });
}

}  // namespace
}  // namespace duel::gin::testing
