#include "router/gin/engine.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {
namespace {

struct Message {
  std::string_view message;
  static constexpr auto json_fields = fields(field("message", &Message::message));
};

void ping(Context& c) {
  c.string(200, "pong");
}
void show_user(Context& c) {
  c.string(200, c.param("id"));
}
void echo(Context& c) {
  c.data(200, "application/octet-stream", stable(c.body()));
}
void message(Context& c) {
  c.json(200, Message{"pong"});
}
void show_path(Context& c) {
  c.string(200, c.full_path());
}

constexpr auto kUsers = routes(get("/user/:id", show_user), put("/user/:id", show_path));
constexpr auto kApp = router(get("/ping", ping), post("/echo", echo), get("/json", message),
                             group("/api/v1", kUsers, get("/files/*path", show_path)),
                             handle("PROPFIND", "/dav", show_path), any("/any", show_path), get("/slash/", show_path));

TEST(Engine, AnswersAStringLiteral) {
  Engine<kApp> engine;
  const Answer answer = exchange(engine, "GET", "/ping");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "pong");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
}

TEST(Engine, FindsParametersByNameInGroups) {
  Engine<kApp> engine;
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/user/42").body, "42");
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/user/a%20b").body, "a b");
  EXPECT_EQ(exchange(engine, "PUT", "/api/v1/user/42").body, "/api/v1/user/:id");
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/files/a/b").body, "/api/v1/files/*path");
}

constexpr auto kPercentApp = router(get("/a%20b", show_path), get("/:id", show_path));

TEST(Engine, FindsTheRouteOfTheDecodedPath) {
  Engine<kApp> engine;
  EXPECT_EQ(exchange(engine, "GET", "/%70ing").body, "pong");
  EXPECT_EQ(exchange(engine, "GET", "/api/v1/user%2F42").body, "42");
  Engine<kPercentApp> percent;
  EXPECT_EQ(exchange(percent, "GET", "/a%20b").body, "/:id") << "the bytes are those of the other pattern";
  EXPECT_EQ(exchange(percent, "GET", "/a%2520b").body, "/a%20b");
}

TEST(Engine, EchoesABodyUnchanged) {
  Engine<kApp> engine;
  const std::string body(10'000, 'x');
  EXPECT_EQ(exchange(engine, "POST", "/echo", {}, body).body, body);
}

TEST(Engine, WritesJson) {
  Engine<kApp> engine;
  const Answer answer = exchange(engine, "GET", "/json");
  EXPECT_EQ(answer.body, R"({"message":"pong"})");
  EXPECT_EQ(answer.field("Content-Type"), "application/json; charset=utf-8");
}

TEST(Engine, KnowsMethodsByNumberAndByName) {
  Engine<kApp> engine;
  for (int method = 0; method < http::kMethodCount; ++method) {
    EXPECT_EQ(exchange(engine, http::method_name(static_cast<http::Method>(method)), "/any").status, 200) << method;
  }
  EXPECT_EQ(exchange(engine, "PROPFIND", "/dav").body, "/dav");
  EXPECT_EQ(exchange(engine, "PROPFIND", "/ping").status, 404);
  EXPECT_EQ(exchange(engine, "LOCK", "/dav").status, 404);
  EXPECT_EQ(exchange(engine, "get", "/ping").status, 404);
}

TEST(Engine, Answers404AsGinDoes) {
  Engine<kApp> engine;
  const Answer answer = exchange(engine, "GET", "/nothing");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "404 page not found");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain");
  EXPECT_EQ(exchange(engine, "POST", "/ping").status, 404) << "405 is off by default";
}

TEST(Engine, RedirectsToAddOrRemoveATrailingSlash) {
  Engine<kApp> engine;
  const Answer less = exchange(engine, "GET", "/ping/?a=1");
  EXPECT_EQ(less.status, 301);
  EXPECT_EQ(less.field("Location"), "/ping?a=1");
  EXPECT_EQ(less.body, "<a href=\"/ping?a=1\">Moved Permanently</a>.\n\n");
  EXPECT_EQ(exchange(engine, "GET", "/slash").field("Location"), "/slash/");
  const Answer other = exchange(engine, "POST", "/echo/");
  EXPECT_EQ(other.status, 307);
  EXPECT_EQ(other.body, "");
}

TEST(Engine, RefusesAMalformedTarget) {
  Engine<kApp> engine;
  EXPECT_EQ(exchange(engine, "GET", "/%zz").status, 400);
  EXPECT_EQ(exchange(engine, "GET", "/%4").status, 400);
}

http::Handler* nested_engine = nullptr;
// Its text is in the memory of its own context while the other requests run.
void nest(Context& c) {
  const std::string_view depth = c.arena().copy(c.param("depth"));
  std::string inner;
  if (depth != "0") inner = exchange(*nested_engine, "GET", "/nest/" + std::string(1, char(depth[0] - 1))).body;
  c.string(200, std::string(depth) + inner);
}
constexpr auto kNested = router(get("/nest/:depth", nest));

TEST(Engine, MayBeCalledByItsHandlers) {
  for (const bool pool : {true, false}) {
    Engine<kNested> engine(pool);
    nested_engine = &engine;
    for (int repeat = 0; repeat < 2; ++repeat) {
      EXPECT_EQ(exchange(engine, "GET", "/nest/9").body, "9876543210") << "more contexts than the pool has";
    }
  }
}

constexpr Options kAll{.redirect_trailing_slash = true,
                       .redirect_fixed_path = true,
                       .handle_method_not_allowed = true,
                       .use_raw_path = true,
                       .unescape_path_values = true,
                       .remove_extra_slash = true};
constexpr auto kStrict = router(kAll, get("/Ping", ping), post("/Ping", ping), handle("LOCK", "/Ping", ping),
                                get("/v/:value/end", [](Context& c) { c.string(200, c.param(0)); }));

TEST(EngineOptions, MethodNotAllowedListsTheAllowedMethods) {
  Engine<kStrict> engine;
  const Answer answer = exchange(engine, "PUT", "/Ping");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.body, "405 method not allowed");
  EXPECT_EQ(answer.field("Allow"), "GET, POST, LOCK");
}

TEST(EngineOptions, FixedPathIgnoresCaseAndCleans) {
  Engine<kStrict> engine;
  EXPECT_EQ(exchange(engine, "GET", "/pING").field("Location"), "/Ping");
  EXPECT_EQ(exchange(engine, "GET", "/x/../ping/").field("Location"), "/Ping");
}

TEST(EngineOptions, RawPathDistinguishesEncodedSlashes) {
  Engine<kStrict> engine;
  EXPECT_EQ(exchange(engine, "GET", "/v/a%2Fb+c/end").body, "a/b c");
  EXPECT_EQ(exchange(engine, "GET", "//v//x/end").body, "x");
}

constexpr auto kValue = get("/v/:value/end", [](Context& c) { c.string(200, c.param(0)); });
constexpr auto kDecoded = router(kValue);
constexpr auto kRaw = router(Options{.use_raw_path = true}, kValue);
constexpr auto kRawValues = router(Options{.use_raw_path = true, .unescape_path_values = false}, kValue);

// As in Gin: '+' is a space only in a value that is decoded from the path as sent.
TEST(EngineOptions, PlusInAPath) {
  const struct {
    std::string_view sent, decoded, raw, raw_value;
  } cases[] = {
      {"a+b", "a+b", "a+b", "a+b"},                  // there is nothing to decode
      {"a%2Bb", "a+b", "a+b", "a%2Bb"},              // Go sends this plus without an escape
      {"a+b%2Fc", "a+b/c", "a b/c", "a+b%2Fc"},      // decoding would lose the slash
      {"a%2Bb%2Fc", "a+b/c", "a+b/c", "a%2Bb%2Fc"},  // an encoded plus is a plus
      {"a+b%20c", "a+b c", "a+b c", "a+b c"},        // an escape that Go writes too
  };
  for (const auto& one : cases) {
    const std::string target = "/v/" + std::string(one.sent) + "/end";
    Engine<kDecoded> decoded;
    const std::string plain_body = exchange(decoded, "GET", target).body;
    EXPECT_TRUE(plain_body == one.decoded || one.sent.find("%2F") != std::string_view::npos) << one.sent;
    Engine<kRaw> raw;
    EXPECT_EQ(exchange(raw, "GET", target).body, one.raw) << one.sent;
    Engine<kRawValues> raw_values;
    EXPECT_EQ(exchange(raw_values, "GET", target).body, one.raw_value) << one.sent;
  }
}

TEST(Pool, ServesRequestsWithAndWithoutThePool) {
  for (const bool pool : {true, false}) {
    Engine<kApp> engine(pool);
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(exchange(engine, "GET", "/api/v1/user/" + std::to_string(i)).body, std::to_string(i));
  }
}

}  // namespace
}  // namespace duel::gin::testing
