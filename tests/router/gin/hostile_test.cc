// Malicious requests, and mistakes of handlers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "http/static_directory.h"
#include "router/gin/middleware/recovery.h"
#include "tests/router/gin/probe.h"
#include "tests/temporary_directory.h"

namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The number of lines in the head, without the empty line at the end.
size_t lines_of(const Answer& answer) {
  return static_cast<size_t>(std::count(answer.head.begin(), answer.head.end(), '\n'));
}

TEST(Injection, AValueCannotStartALine) {
  constexpr std::string_view kSplit = "a\r\nX-Evil: 1\r\n\r\n<html>\n\rX-Evil: 2";
  const size_t plain = lines_of(probe("?", [](Context& c) {
    c.set_header("X-Set", "a");
    c.add_header("X-Add", "a");
    c.set_cookie({.name = "id", .value = "a"});
    c.redirect(302, "/a");
  }));
  const Answer answer = probe("?", [&](Context& c) {
    c.set_header("X-Set", kSplit);
    c.add_header("X-Add", kSplit);
    EXPECT_TRUE(c.set_cookie({.name = "id", .value = kSplit})) << "the value is encoded";
    EXPECT_FALSE(c.set_cookie({.name = "id\r\nX-Evil: 1", .value = "a"}));
    EXPECT_FALSE(c.set_cookie({.name = "id", .value = "a", .path = kSplit}));
    EXPECT_FALSE(c.set_cookie({.name = "id", .value = "a", .domain = kSplit}));
    c.redirect(302, kSplit);
  });
  EXPECT_EQ(lines_of(answer), plain);
  EXPECT_EQ(answer.field("X-Evil"), "");
  EXPECT_EQ(answer.field("X-Set"), "a  X-Evil: 1    <html>  X-Evil: 2");
  EXPECT_THAT(answer.field("Location"), Not(HasSubstr("\n")));
  EXPECT_THAT(answer.body, Not(HasSubstr("<html>"))) << "the page of a redirect is HTML, so the path is escaped";
}

// Browsers read a backslash as a slash and drop tabs and line breaks.
TEST(Injection, APathInLocationCannotNameAHost) {
  for (const auto& [to, location] : {std::pair("/\\host/", "/%5chost/"),
                                     {"\\\\host", "/%5c%5chost"},
                                     {"/\t/host", "/%09/host"},
                                     {"/\r\n/host", "/%0d%0a/host"},
                                     {"http://a\\@b/", "http://a\\@b/"}}) {
    EXPECT_EQ(probe("?", [&](Context& c) { c.redirect(302, to); }).field("Location"), location) << to;
  }
}

TEST(Injection, ANameCannotStartALine) {
  const Answer answer = probe("?", [](Context& c) {
    c.set_header("X-A: 1\r\nX-Evil", "1");
    c.add_header("X-Evil ", "1");
    c.add_header("", "1");
    c.data(200, "text/html\r\nX-Evil: 1", "x");
  });
  EXPECT_EQ(answer.field("X-Evil"), "");
  EXPECT_EQ(answer.field("X-A"), "");
  EXPECT_EQ(answer.field("Content-Type"), "text/html  X-Evil: 1");
}

// The router's redirect contains the path that the client sent.
TEST(Injection, APathCannotStartALine) {
  static constexpr auto kApp = router(get("/page/:id", run_probe));
  Engine<kApp> engine;
  const Answer answer = exchange(engine, "GET", "/page/a%0d%0aX-Evil:%201/");
  EXPECT_EQ(answer.status, 301);
  EXPECT_EQ(answer.field("Location"), "/page/a%0D%0AX-Evil:%201");
  EXPECT_EQ(answer.field("X-Evil"), "");
}

TEST(TooManyFields, Give500InsteadOfAPartialResponse) {
  const Answer answer = probe("?", [](Context& c) {
    const std::string large(5000, 'x');
    c.set_header("X-One", large);
    c.set_header("X-Two", large);
    c.string(200, "ok");
  });
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "500 Internal Server Error: the fields of the answer would be too large\n");
  EXPECT_EQ(answer.field("X-One"), "");
}

TEST(Percent, IsDecodedOnceAndNotBeyondTheEnd) {
  probe("GET", "/probe/%2541/%2e%2E/%00x", {}, {}, [](Context& c) {
    EXPECT_EQ(c.param("id"), "%41") << "decoded once";
    EXPECT_EQ(c.param("rest"), std::string_view("/../\0x", 6)) << "dots are left to the handler, as in Gin";
  });
  probe("?a=%25%34%31&b=%&c=%4&d=%g1&e=%C3%28&%00=n&f=+%2B", [](Context& c) {
    EXPECT_EQ(c.query("a"), "%41");
    for (const char* name : {"b", "c", "d"}) EXPECT_EQ(c.find_query(name), std::nullopt) << name;
    EXPECT_EQ(c.query("e"), "\xC3(") << "values are bytes, not characters";
    EXPECT_EQ(c.query(std::string_view("\0", 1)), "n");
    EXPECT_EQ(c.query("f"), " +");
    c.json(200, H{{"e", c.query("e")}});
    EXPECT_EQ(c.response_body(), R"({"e":"\ufffd("})") << "JSON must be UTF-8";
  });
  for (const char* target : {"/probe/%", "/probe/%4", "/probe/%zz", "/probe/a%"}) {
    EXPECT_EQ(probe("GET", target, {}, {}, [](Context& c) { c.string(200, "reached"); }).status, 400) << target;
  }
}

// --- handlers that write at the wrong time

// Each test has a folder of its own: two tests that run at the same time would write the same file.
struct FolderWithAFile {
  FolderWithAFile() { folder.write("form.txt", "file"); }
  TemporaryDirectory folder;
};

TEST(WrittenTwice, KeepsTheFirstStatusAndType) {
  const FolderWithAFile with_a_file;
  const http::StaticDirectory files(with_a_file.folder.path());
  const auto after_refusal = [&](std::function<void(Context&)> more) {
    return probe("?", [&](Context& c) {
      c.abort_with_status(403);
      more(c);
    });
  };
  const std::vector<std::function<void(Context&)>> writers = {[](Context& c) { c.string(200, ""); },
                                                              [](Context& c) { c.json(200, H{}); },
                                                              [](Context& c) { c.redirect(302, "/elsewhere"); },
                                                              [&](Context& c) { c.file(files, "form.txt"); },
                                                              [](Context& c) { c.write("piece"); },
                                                              [](Context& c) { c.status(200); }};
  for (size_t i = 0; i < writers.size(); ++i) {
    const Answer answer = after_refusal(writers[i]);
    EXPECT_EQ(answer.status, 403) << i;
    EXPECT_EQ(answer.field("Location"), "") << i;
    EXPECT_EQ(answer.field("Content-Type"), "") << i;
  }
  const Answer twice = probe("?", [](Context& c) {
    c.abort_with_json(401, H{{"error", "no"}});
    c.abort_with_json(200, H{{"secret", 1}});
  });
  EXPECT_EQ(twice.status, 401);
  EXPECT_EQ(twice.body, R"({"error":"no"}{"secret":1})") << "as in Gin, a write after an abort appends";
}

TEST(WrittenTwice, AFileIsTheWholeResponse) {
  const FolderWithAFile with_a_file;
  const http::StaticDirectory files(with_a_file.folder.path());
  const Answer answer = probe("?", [&](Context& c) {
    c.file(files, "form.txt");
    EXPECT_TRUE(c.written());
    EXPECT_EQ(c.status(), 200);
    c.string(500, "more");
    c.write("more");
    EXPECT_FALSE(c.discard_response());
  });
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "file");
  EXPECT_EQ(probe("?",
                  [&](Context& c) {
                    c.string(200, "text");
                    c.file(files, "form.txt");
                  })
                .body,
            "text");
  const Answer none = probe("?", [&](Context& c) { c.file(files, "../CMakeLists.txt"); });
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.body, "404 page not found\n");
}

TEST(Files, AFolderIsListedOnlyIfTheProgramSaysSo) {
  const FolderWithAFile with_a_file;
  const http::StaticDirectory files(with_a_file.folder.path());
  const auto root = [&](Listing listing, const std::vector<FieldText>& fields) {
    return probe("GET", "/probe/1/", fields, "", [&](Context& c) { c.static_file(files, "/", listing); });
  };
  EXPECT_EQ(root(Listing::kNone, {}).status, 404);
  const Answer shown = root(Listing::kShown, {});
  EXPECT_EQ(shown.status, 200);
  EXPECT_THAT(shown.body, ::testing::HasSubstr("<a href=\"form.txt\">form.txt</a>\n"));
  const std::string modified = shown.field("Last-Modified");
  EXPECT_EQ(root(Listing::kShown, {{"If-Modified-Since", modified}}).status, 304);
  EXPECT_EQ(root(Listing::kShown, {{"If-Modified-Since", modified}, {"If-None-Match", "\"x\""}}).status, 200);
}

// The buffer grows while it is appended to itself.
TEST(WrittenTwice, ABodyCanBeAppendedToItself) {
  std::string expected = "abc";
  const Answer answer = probe("?", [&](Context& c) {
    c.string(200, std::string(expected));
    for (int i = 0; i < 14; ++i) {
      c.string(200, c.response_body());
      expected += expected;
    }
  });
  EXPECT_EQ(answer.body, expected);
}

TEST(Chain, RunsEachHandlerOnceAndNoneAfterAbort) {
  static std::string trace;
  static constexpr auto kApp = router(use([](Context& c) {
                                        trace += "a";
                                        c.next();
                                        c.next();
                                        trace += "A";
                                        c.abort();
                                        c.next();
                                      }),
                                      get(
                                          "/probe", [](Context&) { trace += "b"; },
                                          [](Context& c) {
                                            trace += "c";
                                            c.abort();
                                            c.next();
                                          },
                                          [](Context&) { trace += "never"; }));
  Engine<kApp> engine;
  exchange(engine, "GET", "/probe");
  EXPECT_EQ(trace, "abcA");
}

// --- exceptions

int throw_at = 0;  // the place in the chain that throws
void may_throw(Context& c, int place) {
  if (place == throw_at) throw std::runtime_error("place " + std::to_string(place));
  c.add_header("X-Place", std::to_string(place));
}
void around(Context& c) {
  may_throw(c, 1);
  c.next();
  may_throw(c, 2);
}
void before(Context& c) {
  may_throw(c, 3);
}
void handle(Context& c) {
  may_throw(c, 4);
  c.string(201, "half");
  may_throw(c, 5);
}
void refuse(Context& c) {
  c.abort_with_status(403);
  may_throw(c, 6);
}
void miss(Context& c) {
  may_throw(c, 7);
  c.string(c.status(), "none");
  may_throw(c, 8);
}

template <bool kRecovers>
constexpr auto chain() {
  constexpr auto kRoutes = routes(get("/handled", before, handle), get("/refused", refuse, handle));
  constexpr Options kOptions{.handle_method_not_allowed = true};
  if constexpr (kRecovers) {
    return router(kOptions, use(middleware::recovery<>, around), kRoutes, no_route(miss), no_method(miss));
  } else {
    return router(kOptions, use(around), kRoutes, no_route(miss), no_method(miss));
  }
}
constexpr auto kSafe = chain<true>();
constexpr auto kBare = chain<false>();

struct Visit {
  const char* method;
  const char* target;
  std::vector<int> places;  // the places that the request passes
  int status;
};
const std::vector<Visit> kVisits = {{"GET", "/handled", {1, 2, 3, 4, 5}, 201},
                                    {"GET", "/refused", {1, 2, 6}, 403},
                                    {"GET", "/none", {1, 2, 7, 8}, 404},
                                    {"POST", "/handled", {1, 2, 7, 8}, 405}};

TEST(Exceptions, Become500WhereverTheyAreThrown) {
  Engine<kSafe> engine;
  for (const Visit& visit : kVisits) {
    for (const int place : visit.places) {
      throw_at = place;
      const Answer answer = exchange(engine, visit.method, visit.target);
      EXPECT_EQ(answer.status, 500) << visit.method << visit.target << place;
      EXPECT_EQ(answer.body, "") << visit.method << visit.target << place;
      throw_at = 0;
      EXPECT_EQ(exchange(engine, visit.method, visit.target).status, visit.status) << "the engine continues to work";
    }
  }
}

TEST(Exceptions, ReachTheCoreWithoutRecovery) {
  Engine<kBare> engine;
  for (const Visit& visit : kVisits) {
    for (const int place : visit.places) {
      throw_at = place;
      EXPECT_THROW(exchange(engine, visit.method, visit.target), std::runtime_error) << visit.target << place;
      throw_at = 0;
      EXPECT_EQ(exchange(engine, visit.method, visit.target).status, visit.status);
    }
  }
}

TEST(Exceptions, OfTheLibraryBecome500) {
  static constexpr auto kApp = router(use(middleware::recovery<>), get("/probe", run_probe));
  Engine<kApp> engine;
  const std::vector<std::function<void(Context&)>> mistakes = {
      [](Context& c) { c.redirect(200, "/"); },
      [](Context& c) {
        c.json(200, H{{"n", std::nan("")}});
      },
      [](Context& c) { c.string(200, "{:{}}", 1, -1); }, [](Context& c) { c.must_get(Key<int>{"none"}); },
      [](Context& c) { c.stream([](Context&) -> bool { throw 1; }); }};
  for (size_t i = 0; i < mistakes.size(); ++i) {
    probe_body = mistakes[i];
    const Answer answer = exchange(engine, "GET", "/probe");
    EXPECT_EQ(answer.status, 500) << i;
    EXPECT_EQ(answer.body, "") << i;
  }
}

}  // namespace
}  // namespace duel::gin::testing
