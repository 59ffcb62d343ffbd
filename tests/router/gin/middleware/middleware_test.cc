#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <unistd.h>

#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "router/gin/middleware/basic_auth.h"
#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/logger.h"
#include "router/gin/middleware/rate_limit.h"
#include "router/gin/middleware/recovery.h"
#include "router/gin/middleware/request_id.h"
#include "router/gin/middleware/timeout.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

template <const auto& kApp>
Answer ask(std::string_view method, const std::vector<FieldText>& fields, std::function<void(Context&)> body,
           std::string_view target = "/probe") {
  probe_body = std::move(body);
  Engine<kApp> engine;
  return exchange(engine, method, target, fields);
}

void mark(Context& c) {
  c.next();
  c.response().set("X-Status-Seen", std::to_string(c.status()));
}

// --- recovery

std::string reported;
void report(Context&, std::string_view message) {
  reported = message;
}
constexpr auto kRecovering = router(use(mark, middleware::recovery<report>), get("/probe", run_probe));

TEST(Recovery, TurnsAnExceptionInto500) {
  const Answer answer = ask<kRecovering>("GET", {}, [](Context& c) {
    c.set_header("X-Kept", "1");
    c.json(201, H{{"half", 1}});
    throw std::runtime_error("broken");
  });
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.field("Content-Type"), "");
  EXPECT_EQ(answer.field("X-Kept"), "1");
  EXPECT_EQ(answer.field("X-Status-Seen"), "500") << "the middleware outside runs to its end";
  EXPECT_EQ(reported, "broken");
  EXPECT_EQ(ask<kRecovering>("GET", {}, [](Context&) { throw 7; }).status, 500);
  EXPECT_EQ(ask<kRecovering>("GET", {}, [](Context& c) { c.string(200, "ok"); }).body, "ok");
}

constexpr auto kLogging = router(use(middleware::recovery<>), get("/log/:any", run_probe));
constexpr auto kSilent = router(use(middleware::recovery<nullptr>), get("/probe", run_probe));

TEST(Recovery, LogsTheExceptionToStandardError) {
  const auto throwing = [](Context&) { throw std::runtime_error("broken\nin two"); };
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ask<kLogging>("GET", {}, throwing, "/log/a%0Ab").status, 500);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "gin: GET /log/a?b: broken?in two\n");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ask<kSilent>("GET", {}, throwing).status, 500);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Recovery, LeavesABrokenStreamToTheCore) {
  const auto breaking = [](Context& c) {
    c.write("half");
    throw std::runtime_error("broken");
  };
  reported.clear();
  EXPECT_THROW(ask<kRecovering>("GET", {}, breaking), std::runtime_error);
  EXPECT_EQ(reported, "") << "a reporter could write to the response";
  ::testing::internal::CaptureStderr();
  EXPECT_THROW(ask<kLogging>("GET", {}, breaking, "/log/a"), std::runtime_error);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "the core reports it";
}

// --- gzip

constexpr auto kGzipApp = router(use(middleware::gzip<>), get("/probe", run_probe), head("/probe", run_probe));
const std::vector<FieldText> kTakesGzip = {{"Accept-Encoding", "br, gzip"}};

std::string unzip(const std::string& bytes) {
  std::string text(1 << 20, 0);
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  size_t size = 0;
  EXPECT_EQ(libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(), text.data(), text.size(), &size),
            LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(decompressor);
  return text.substr(0, size);
}

TEST(Gzip, CompressesBodiesOfTheMinimumSize) {
  const std::string text(5000, 'x');
  const Answer answer = ask<kGzipApp>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.string(200, text);
  });
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(answer.field("ETag"), "W/\"1\"");
  EXPECT_EQ(answer.field("Content-Length"), std::to_string(answer.body.size()));
  EXPECT_LT(answer.body.size(), 100u);
  EXPECT_EQ(unzip(answer.body), text);
  const Answer not_modified = ask<kGzipApp>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.status(304);
  });
  EXPECT_EQ(not_modified.field("Vary"), "Accept-Encoding") << "304 has the fields of 200 (RFC 9110 §15.4.5)";
  EXPECT_EQ(not_modified.field("ETag"), "W/\"1\"");
  const Answer small = ask<kGzipApp>("GET", kTakesGzip, [](Context& c) { c.string(200, std::string(1023, 'x')); });
  EXPECT_EQ(small.field("Content-Encoding"), "");
  EXPECT_EQ(small.field("Vary"), "");
}

TEST(Gzip, LeavesUnsuitableBodiesUncompressed) {
  const auto encoding = [](const std::vector<FieldText>& fields, std::function<void(Context&)> body) {
    return ask<kGzipApp>("GET", fields, std::move(body)).field("Content-Encoding");
  };
  const std::string text(5000, 'x');
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.data(200, "image/png", text); }), "");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.data(200, "image/svg+xml", text); }), "gzip");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.string(206, text); }), "");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.write(text); }), "");
  EXPECT_EQ(encoding(kTakesGzip,
                     [&](Context& c) {
                       c.set_header("Content-Encoding", "br");
                       c.string(200, text);
                     }),
            "br")
      << "the body is encoded already";
  std::string noise;
  for (uint32_t i = 0, x = 1; i < 5000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.string(200, noise); }), "") << "the body would grow";
  const Answer plain = ask<kGzipApp>("GET", {}, [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(plain.field("Vary"), "Accept-Encoding") << "caches must know that there are two variants";
}

TEST(Gzip, HeadHasTheFieldsOfGet) {
  const std::string text(5000, 'x');
  const auto write = [&](Context& c) { c.string(200, text); };
  const Answer get = ask<kGzipApp>("GET", kTakesGzip, write);
  const Answer head = ask<kGzipApp>("HEAD", kTakesGzip, write);
  EXPECT_EQ(head.head, get.head);
  EXPECT_EQ(head.body, "");
  EXPECT_LT(std::stoul(head.field("Content-Length")), 100u);
}

constexpr http::GzipOptions kEverything{.min_bytes = 0, .level = http::kMaxGzipLevel};
constexpr auto kGzipTwice = router(use(middleware::gzip<>, middleware::gzip<kEverything>), get("/probe", run_probe));

TEST(Gzip, IsNotAppliedTwice) {
  const std::string text(100'000, 'x');
  const Answer answer = ask<kGzipTwice>("GET", kTakesGzip, [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(unzip(answer.body), text);
  EXPECT_EQ(ask<kGzipTwice>("GET", kTakesGzip, [](Context& c) { c.status(200); }).body, "")
      << "there is nothing to compress";
  const Answer vary = ask<kGzipTwice>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("Vary", "Origin, accept-encoding");
    c.string(200, text);
  });
  EXPECT_EQ(vary.field("Vary"), "Origin, accept-encoding") << "Vary has the field already";
}

// --- CORS

constexpr std::string_view kOrigins[] = {"https://a.example", "https://*.b.example"};
constexpr middleware::CorsOptions kSomeOrigins{.origins = kOrigins, .expose_headers = "X-A", .allow_credentials = true};
constexpr auto kOpenCors = router(use(middleware::cors<>), get("/probe", run_probe));
constexpr auto kClosedCors = router(use(middleware::cors<kSomeOrigins>), get("/probe", run_probe));
void answer_ok(Context& c) {
  c.string(200, "ok");
}

TEST(Cors, AnswersWithGinContribsDefaults) {
  const Answer simple = ask<kOpenCors>("GET", {{"Origin", "https://x.example"}}, answer_ok);
  EXPECT_EQ(simple.body, "ok");
  EXPECT_EQ(simple.field("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(simple.field("Vary"), "") << "the answer is the same for every origin";
  const Answer preflight = ask<kOpenCors>("OPTIONS", {{"Origin", "https://x.example"}}, answer_ok);
  EXPECT_EQ(preflight.status, 204) << "also without a route for OPTIONS";
  EXPECT_EQ(preflight.body, "");
  EXPECT_EQ(preflight.field("Access-Control-Allow-Methods"), "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS");
  EXPECT_EQ(preflight.field("Access-Control-Allow-Headers"), "Origin,Content-Length,Content-Type");
  EXPECT_EQ(preflight.field("Access-Control-Max-Age"), "43200");
}

// A cache may answer a cross-origin request with the answer to any other request, unless Vary forbids it.
constexpr middleware::CorsOptions kOpenExposing{.expose_headers = "X-A"};
TEST(Cors, OfAllOriginsDoesNotDependOnTheOrigin) {
  static constexpr auto kExposing =
      router(use(middleware::recovery<nullptr>, middleware::cors<kOpenExposing>), get("/probe", run_probe));
  const std::vector<std::function<void(Context&)>> handlers = {answer_ok,
                                                               [](Context& c) { c.redirect(301, "/elsewhere"); },
                                                               [](Context& c) { c.status(304); },
                                                               [](Context& c) { c.abort_with_status(403); },
                                                               [](Context& c) { c.write("stream"); },
                                                               [](Context&) { throw std::runtime_error("broken"); }};
  for (size_t i = 0; i < handlers.size(); ++i) {
    for (const std::string_view target : {"/probe", "/none"}) {
      const Answer without = ask<kExposing>("GET", {}, handlers[i], target);
      EXPECT_EQ(without.field("Access-Control-Allow-Origin"), "*") << i << target;
      EXPECT_EQ(without.field("Access-Control-Expose-Headers"), "X-A") << i << target;
      for (const char* origin : {"https://x.example", "http://example.com", "null"}) {
        EXPECT_EQ(ask<kExposing>("GET", {{"Origin", origin}}, handlers[i], target).head, without.head) << i << origin;
      }
    }
  }
}

// As in gin-contrib/cors, "*" in the list is no pattern. As a pattern it would repeat each Origin.
TEST(Cors, AStarInTheListMeansAllOrigins) {
  static constexpr std::string_view kStar[] = {"https://a.example", "*"};
  static constexpr middleware::CorsOptions kAllByStar{.origins = kStar};
  static constexpr auto kByStar = router(use(middleware::cors<kAllByStar>), get("/probe", run_probe));
  for (const char* method : {"GET", "OPTIONS"}) {
    EXPECT_EQ(ask<kByStar>(method, {{"Origin", "https://x.example"}}, answer_ok).head,
              ask<kOpenCors>(method, {{"Origin", "https://x.example"}}, answer_ok).head);
  }
  static_assert(!middleware::CorsOptions{.origins = kStar, .allow_credentials = true}.valid());
  static constexpr std::string_view kTwoStars[] = {"https://*.*.example"};
  static_assert(!middleware::CorsOptions{.origins = kTwoStars}.valid());
}

TEST(Cors, OfSomeOriginsAlwaysHasVary) {
  static constexpr auto kSafe =
      router(Options{.handle_method_not_allowed = true},
             use(middleware::recovery<nullptr>, middleware::cors<kSomeOrigins>), get("/probe", run_probe));
  const std::vector<std::function<void(Context&)>> handlers = {answer_ok,
                                                               [](Context& c) { c.redirect(301, "/elsewhere"); },
                                                               [](Context& c) { c.status(304); },
                                                               [](Context& c) { c.abort_with_status(403); },
                                                               [](Context& c) { c.write("stream"); },
                                                               [](Context& c) {
                                                                 c.set_header("Vary", "Accept-Language");
                                                                 c.string(200, "ok");
                                                               },
                                                               [](Context& c) {
                                                                 c.set_header("Vary", "accept, ORIGIN");
                                                                 c.string(200, "ok");
                                                               },
                                                               [](Context& c) {
                                                                 c.set_header("Vary", "Accept-Language");
                                                                 c.write("stream");
                                                               },
                                                               [](Context& c) {
                                                                 c.set_header("Vary", "");
                                                                 c.response().end("whole");
                                                               },
                                                               [](Context& c) {
                                                                 c.set_header("Vary", "Accept-Language");
                                                                 throw std::runtime_error("broken");
                                                               },
                                                               [](Context&) { throw std::runtime_error("broken"); }};
  const std::vector<std::vector<FieldText>> origins = {
      {}, {{"Origin", "https://a.example"}}, {{"Origin", "https://other"}}, {{"Origin", "http://example.com"}}};
  for (size_t i = 0; i < handlers.size(); ++i) {
    for (const auto& origin : origins) {
      for (const auto& [method, target] : {std::pair("GET", "/probe"), {"GET", "/none"}, {"POST", "/probe"}}) {
        const Answer answer = ask<kSafe>(method, origin, handlers[i], target);
        EXPECT_THAT(answer.head, ::testing::ContainsRegex("Vary: [^\r]*(Origin|ORIGIN)")) << i << method << target;
      }
      const Answer preflight = ask<kSafe>("OPTIONS", origin, handlers[i]);
      for (const char* field : {"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}) {
        EXPECT_THAT(preflight.head, HasSubstr(std::string("Vary: ") + field + "\r\n")) << i;
      }
    }
  }
}

// --- CORS in a group and in the chain of a route

std::string passed;  // the middleware that has run
template <char kName>
void note(Context& c) {
  passed += kName;
  c.next();
}
void show_id(Context& c) {
  c.string(200, c.param("id"));
}
void say_no_method(Context& c) {
  passed += 'm';
  c.string(405, "no method");
}
constexpr auto kGroups =
    router(Options{.handle_method_not_allowed = true}, use(note<'a'>), get("/outside", answer_ok),
           group("/api", use(note<'b'>, middleware::cors<>, note<'c'>), get("/x/:id", show_id), post("/x/:id", show_id),
                 group("/inner", get("/y", answer_ok), options("/own", answer_ok), put("/own", answer_ok))),
           group("/some", use(middleware::cors<kSomeOrigins>), get("/z", answer_ok)),
           get("/one", note<'d'>, middleware::cors<>, note<'e'>, answer_ok), post("/one", answer_ok), use(note<'f'>),
           no_method(say_no_method));

const std::vector<FieldText> kPreflight = {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "GET"}};

template <const auto& kApp>
Answer preflight(std::string_view target, const std::vector<FieldText>& fields = kPreflight) {
  passed.clear();
  return ask<kApp>("OPTIONS", fields, {}, target);
}

TEST(CorsInAGroup, AnswersPreflights) {
  for (const auto& [target, chain] :
       {std::pair("/api/x/7", "ab"), {"/api/inner/y", "ab"}, {"/one", "ad"}, {"/some/z", "a"}}) {
    const Answer answer = preflight<kGroups>(target);
    EXPECT_EQ(answer.status, 204) << target;
    EXPECT_NE(answer.field("Access-Control-Allow-Origin"), "") << target;
    EXPECT_NE(answer.field("Access-Control-Allow-Methods"), "") << target;
    EXPECT_EQ(passed, chain) << target << ": the handlers up to cors, once each";
  }
  EXPECT_EQ(preflight<kGroups>("/some/z", {{"Origin", "https://other"}}).status, 403);
  EXPECT_EQ(preflight<kGroups>("/api/inner/own").status, 204);
  EXPECT_EQ(preflight<kGroups>("/api/inner/own", {}).body, "ok") << "a route for OPTIONS has its own answer";
  for (const char* target : {"/outside", "/none", "/api/none", "/api/x/7/none"}) {
    EXPECT_EQ(preflight<kGroups>(target).field("Access-Control-Allow-Origin"), "") << target;
  }
}

TEST(CorsInAGroup, LeavesOtherOptionsRequestsTo405And404) {
  for (const std::vector<FieldText>& fields : {std::vector<FieldText>{}, {{"Origin", "http://example.com"}}}) {
    const Answer answer = preflight<kGroups>("/api/x/7", fields);
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.field("Allow"), "GET, POST");
    EXPECT_EQ(answer.body, "no method");
    EXPECT_EQ(answer.field("Vary"), "Origin") << "a preflight gets another answer";
    EXPECT_EQ(passed, "abm") << "the handlers up to cors, then that of 405";
  }
  static constexpr auto kWithout404 = router(group("/api", use(middleware::cors<>), get("/x", answer_ok)),
                                             no_route([](Context& c) { c.string(404, "not here"); }));
  EXPECT_EQ(preflight<kWithout404>("/api/x").status, 204);
  const Answer none = preflight<kWithout404>("/api/x", {});
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.body, "not here");
  EXPECT_EQ(none.field("Allow"), "");
}

// The routes of a path may have other patterns for other methods; Allow lists all of these methods.
TEST(CorsInAGroup, HasTheParametersOfTheRouteThatIsAsked) {
  constexpr auto kShowParams = [](Context& c) {
    passed += std::string(c.param("id")) + "|" + std::string(c.param("rest"));
    c.next();
  };
  static constexpr auto kPatterns =
      router(Options{.handle_method_not_allowed = true, .use_raw_path = true},
             get("/x/:id", kShowParams, middleware::cors<>, show_id), post("/*rest", answer_ok),
             put("/x/:id", answer_ok), del("/:rest/*id", kShowParams, middleware::cors<>, show_id));
  const auto params_of = [](std::string_view method, std::string_view target) {
    const Answer answer =
        preflight<kPatterns>(target, {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", method}});
    EXPECT_EQ(answer.status, 204) << target;
    EXPECT_EQ(answer.field("Allow"), "GET, POST, PUT, DELETE") << target;
    return passed;
  };
  EXPECT_EQ(params_of("GET", "/x/7"), "7|");
  EXPECT_EQ(params_of("GET", "/x/a%2Fb"), "a/b|");
  EXPECT_EQ(params_of("GET", "/x/a%252Fb"), "a%2Fb|") << "decoded once";
  EXPECT_EQ(params_of("DELETE", "/x/7"), "/7|x");
  EXPECT_EQ(params_of("TRACE", "/x/7"), "7|") << "the first route with such middleware";
}

TEST(CorsInAGroup, AsksTheRouteOfTheRequestedMethod) {
  EXPECT_EQ(preflight<kGroups>("/one", {{"Origin", "https://a"}, {"Access-Control-Request-Method", "POST"}}).status,
            405)
      << "the route of POST has no cors";
  EXPECT_EQ(preflight<kGroups>("/one", {{"Origin", "https://a"}, {"Access-Control-Request-Method", "PUT"}}).status,
            204);
  EXPECT_EQ(preflight<kGroups>("/one", {{"Origin", "https://a"}}).status, 204);
  EXPECT_EQ(preflight<kGroups>("/one", {{"Origin", "https://a"}, {"Access-Control-Request-Method", "get"}}).status,
            204);
}

TEST(CorsInAGroup, GivesItsMiddlewareTheParameters) {
  static constexpr auto kTenants = router(group(
      "/:tenant", use([](Context& c) { passed = c.param("tenant"); }, middleware::cors<>), get("/x/:id", show_id)));
  EXPECT_EQ(preflight<kTenants>("/a%20b/x/1").status, 204);
  EXPECT_EQ(passed, "a b");
}

TEST(Cors, AllowsOnlyListedOrigins) {
  for (const char* origin : {"https://a.example", "https://x.b.example", "https://A.example"}) {
    const Answer answer = ask<kClosedCors>("GET", {{"Origin", origin}}, answer_ok);
    EXPECT_EQ(answer.status, 200) << origin;
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(answer.field("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(answer.field("Access-Control-Expose-Headers"), "X-A");
    EXPECT_EQ(answer.field("Vary"), "Origin");
  }
  for (const char* origin : {"https://a.example.evil", "http://a.example", "https://b.example", "null", "*"}) {
    const Answer answer = ask<kClosedCors>("GET", {{"Origin", origin}}, answer_ok);
    EXPECT_EQ(answer.status, 403) << origin;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "");
  }
}

// --- basic auth

constexpr middleware::Account kAccounts[] = {{"ada", "secret"}, {"bob", "p:w"}};
constexpr middleware::BasicAuthOptions kAuth{.accounts = kAccounts, .realm = "area"};
constexpr auto kGuarded = router(use(middleware::basic_auth<kAuth>), get("/probe", run_probe));
void show_auth_user(Context& c) {
  c.string(200, *c.get(middleware::kAuthUser));
}

TEST(BasicAuth, AcceptsAccounts) {
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "Basic YWRhOnNlY3JldA=="}}, show_auth_user).body, "ada");
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "basic YWRhOnNlY3JldA"}}, show_auth_user).body, "ada");
  EXPECT_EQ(ask<kGuarded>("GET", {{"Authorization", "Basic Ym9iOnA6dw=="}}, show_auth_user).body, "bob");
}

TEST(BasicAuth, RefusesEverythingElse) {
  const std::string long_one(4000, 'A');
  for (const std::string& value :
       {std::string(), std::string("Basic"), std::string("Basic "), std::string("Bearer YWRhOnNlY3JldA=="),
        std::string("Basic YWRhOnNlY3JldB=="), std::string("Basic YWRhOg=="), std::string("Basic OnNlY3JldA=="),
        std::string("Basic YWRh"), std::string("Basic !!!!"), std::string("Basic A"), std::string("Basic ===="),
        std::string("Basic YWRhOnA6dw=="), std::string("Basic YWRhOnNlY3JldA="), std::string("Basic YWRhOnNlY3JldA==="),
        "Basic " + long_one}) {
    const Answer answer = ask<kGuarded>("GET", {{"Authorization", value}}, show_auth_user);
    EXPECT_EQ(answer.status, 401) << value;
    EXPECT_EQ(answer.field("WWW-Authenticate"), "Basic realm=\"area\"");
    EXPECT_EQ(answer.body, "");
  }
  EXPECT_TRUE(middleware::equal_in_constant_time("", ""));
  EXPECT_FALSE(middleware::equal_in_constant_time("a", ""));
  EXPECT_FALSE(middleware::equal_in_constant_time("", "a"));
}

// --- request id

constexpr auto kNumbered = router(use(middleware::request_id), get("/probe", run_probe));

TEST(RequestId, IsKeptOrCreated) {
  const auto show_id = [](Context& c) { c.string(200, *c.get(middleware::kRequestId)); };
  const Answer taken = ask<kNumbered>("GET", {{"X-Request-ID", "abc-1.2:3"}}, show_id);
  EXPECT_EQ(taken.body, "abc-1.2:3");
  EXPECT_EQ(taken.field("X-Request-ID"), "abc-1.2:3");
  std::set<std::string> made;
  const std::string too_long(129, 'a');
  for (const std::string& bad :
       {std::string(), std::string("a b"), std::string("<x>"), std::string("\xC3\xA9"), too_long}) {
    const Answer answer = ask<kNumbered>("GET", {{"X-Request-ID", bad}}, show_id);
    EXPECT_THAT(answer.body, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_EQ(answer.field("X-Request-ID"), answer.body);
    made.insert(answer.body);
  }
  EXPECT_EQ(made.size(), 5u);
}

// --- timeout. A negative limit is always exceeded, so that no test waits.

constexpr middleware::TimeoutOptions kPassed{.limit = std::chrono::milliseconds(-1)};
constexpr middleware::TimeoutOptions kPassedSend{
    .limit = std::chrono::milliseconds(-1), .late = middleware::LateAnswer::kSend, .status = 504};
constexpr middleware::TimeoutOptions kAnHour{.limit = std::chrono::hours(1)};
constexpr auto kLate = router(use(middleware::timeout<kPassed>), get("/probe", run_probe));
constexpr auto kLateSend = router(use(middleware::timeout<kPassedSend>), get("/probe", run_probe));
constexpr auto kInTime = router(use(middleware::timeout<kAnHour>), get("/probe", run_probe));
constexpr auto kNested =
    router(use(middleware::timeout<kPassed>, middleware::timeout<kAnHour>), get("/probe", run_probe));
std::vector<std::chrono::nanoseconds> left;
void note_what_is_left(Context& c) {
  c.next();
  left.push_back(middleware::time_left(c));
}
constexpr auto kNestedLate = router(use(note_what_is_left, middleware::timeout<kAnHour>, note_what_is_left,
                                        middleware::recovery<nullptr>, middleware::timeout<kPassedSend>),
                                    get("/probe", run_probe));
constexpr auto kLateCompressed =
    router(use(middleware::timeout<kPassed>, middleware::gzip<>), get("/probe", run_probe));

TEST(Timeout, ReplacesALateResponse) {
  const Answer answer = ask<kLate>("GET", {}, [](Context& c) {
    EXPECT_TRUE(middleware::expired(c));
    c.json(200, H{{"late", true}});
  });
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the request took too long");
  EXPECT_EQ(answer.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(ask<kLateSend>("GET", {}, answer_ok).body, "ok");
  EXPECT_EQ(ask<kLateSend>("GET", {}, [](Context&) {}).status, 504);
}

TEST(Timeout, KeepsOtherResponses) {
  const Answer answer = ask<kInTime>("GET", {}, [](Context& c) {
    EXPECT_FALSE(middleware::expired(c));
    EXPECT_LE(middleware::time_left(c), std::chrono::hours(1));
    c.string(200, "ok");
  });
  EXPECT_EQ(answer.body, "ok");
  EXPECT_THAT(ask<kLate>("GET", {}, [](Context& c) { c.write("stream"); }).body, HasSubstr("stream"));
  EXPECT_EQ(ask<kNested>("GET", {},
                         [](Context& c) { EXPECT_TRUE(middleware::expired(c)) << "the outer deadline is earlier"; })
                .status,
            503);
}

TEST(Timeout, UsesItsOwnDeadline) {
  left.clear();
  EXPECT_EQ(ask<kNestedLate>("GET", {}, [](Context& c) { c.string(201, "ok"); }).status, 201);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_GT(left[0].count(), 0) << "the inner deadline ends with its chain";
  EXPECT_EQ(left[1], std::chrono::nanoseconds::max()) << "the outer deadline ends with its chain";
  left.clear();
  ask<kNestedLate>("GET", {}, [](Context&) { throw std::runtime_error("broken"); });
  ASSERT_EQ(left.size(), 2u);
  EXPECT_GT(left[0].count(), 0) << "also after an exception";
}

TEST(Timeout, RemovesTheFieldsOfTheReplacedBody) {
  const Answer answer = ask<kLateCompressed>("GET", kTakesGzip, [](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.set_header("Cache-Control", "max-age=86400");
    c.string(200, std::string(5000, 'x'));
  });
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "the request took too long");
  EXPECT_EQ(answer.field("Content-Encoding"), "");
  EXPECT_EQ(answer.field("ETag"), "");
  EXPECT_EQ(answer.field("Cache-Control"), "");
  EXPECT_EQ(answer.field("Content-Length"), "25");
}

// --- rate limit

middleware::RateLimiter shared_limiter({.per_second = 0.001, .burst = 2, .clients = 16});
constexpr auto kLimited = router(use(middleware::rate_limit<shared_limiter>), get("/probe", run_probe));

TEST(RateLimit, AnswersTooManyRequests) {
  EXPECT_EQ(ask<kLimited>("GET", {}, answer_ok).status, 200);
  EXPECT_EQ(ask<kLimited>("GET", {}, answer_ok).status, 200);
  const Answer answer = ask<kLimited>("GET", {}, answer_ok);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, "too many requests");
  EXPECT_EQ(answer.field("Retry-After"), "1000");
}

TEST(RateLimit, AddsTokensOverTime) {
  middleware::RateLimiter limiter({.per_second = 2, .burst = 3, .clients = 64});
  const Address client = *http::grammar::parse_address("1.2.3.4");
  const auto start = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  const auto at = [&](int ms) { return limiter.take(client, start + std::chrono::milliseconds(ms)); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at(0).count(), 0);
  EXPECT_EQ(at(0), std::chrono::milliseconds(500));
  EXPECT_EQ(at(100), std::chrono::milliseconds(400)) << "a refused request takes no token";
  EXPECT_EQ(at(500).count(), 0);
  EXPECT_NE(at(500).count(), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at(60'000).count(), 0) << "a bucket holds at most `burst` tokens";
  EXPECT_NE(at(60'000).count(), 0);
}

TEST(RateLimit, CountsByIpv4AddressOrIpv6Network) {
  middleware::RateLimiter limiter({.per_second = 1, .burst = 1, .clients = 64});
  const auto now = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  const auto taken = [&](std::string_view text) {
    return limiter.take(*http::grammar::parse_address(text), now).count() == 0;
  };
  EXPECT_TRUE(taken("1.2.3.4"));
  EXPECT_FALSE(taken("::ffff:1.2.3.4"));
  EXPECT_TRUE(taken("1.2.3.5"));
  EXPECT_TRUE(taken("2001:db8::1"));
  EXPECT_FALSE(taken("2001:db8::2")) << "the same /64 network";
  EXPECT_TRUE(taken("2001:db8:0:1::1"));
  EXPECT_THROW(middleware::RateLimiter({.per_second = 0}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.burst = 0}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.per_second = std::nan("")}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.per_second = 1e-12}), std::invalid_argument) << "one token in 30,000 years";
  EXPECT_THROW(middleware::RateLimiter({.burst = 1e300}), std::invalid_argument);
}

// A sender with many addresses gets a token for each. The table does not grow; new buckets replace the fullest ones.
TEST(RateLimit, TheTableHasAFixedSize) {
  middleware::RateLimiter limiter({.per_second = 1, .burst = 1, .clients = 1});  // one row
  const auto now = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  for (uint8_t i = 0; i < 100; ++i) {
    Address address = *http::grammar::parse_address("1.2.3.0");
    address.bytes[15] = i;
    EXPECT_EQ(limiter.take(address, now).count(), 0);
  }
}

// --- logger

middleware::RequestLog request_log;
constexpr auto kLogged = router(use(middleware::logger<request_log>), get("/probe", run_probe));

std::string read_all(int descriptor) {
  std::string text;
  char bytes[4096];
  for (ssize_t size = 0; (size = ::read(descriptor, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<size_t>(size));
  }
  return text;
}

TEST(Logger, WritesALineForEachRequest) {
  EXPECT_EQ(ask<kLogged>("GET", {}, answer_ok).body, "ok") << "the log is off until start()";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  request_log.start(ends[1]);
  probe_body = [](Context& c) { c.string(201, "ok"); };
  Engine<kLogged> engine;
  exchange(engine, "GET", "/probe?a=\"\x1B[31m\xC3\xA9");
  exchange(engine, "PROPFIND", "/" + std::string(1000, 'x'));
  request_log.stop();
  ::close(ends[1]);
  const std::string text = read_all(ends[0]);
  ::close(ends[0]);
  EXPECT_THAT(text, MatchesRegex("\\[GIN\\] [0-9]{4}/[0-9]{2}/[0-9]{2} - [0-9:]{8} \\| 201 \\| +[0-9.]+us \\| +\\| "
                                 "GET     \"/probe\\?a=\\\\x22\\\\x1b\\[31m\\\\xc3\\\\xa9\"\n.*\n"));
  EXPECT_THAT(text, HasSubstr("| 404 |"));
  EXPECT_THAT(text, HasSubstr("PROPFIND \"/xxx"));
  EXPECT_EQ(request_log.dropped(), 0u);
}

TEST(Logger, DropsAndCountsLinesThatDoNotFit) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  middleware::RequestLog log;
  log.start(ends[1], 2);
  middleware::RequestLog::Entry entry{};
  entry.target_size = 256;
  entry.target.fill('x');
  // There is no reader yet. The pipe holds 64 KiB, the batch of the writer 64 lines and the ring two lines.
  constexpr uint64_t kLines = 2000;
  for (uint64_t i = 0; i < kLines; ++i) log.push(entry);
  const uint64_t min_dropped = kLines - 64 * 1024 / 256 - 2 - 64;
  EXPECT_GE(log.dropped(), min_dropped);
  EXPECT_LT(log.dropped(), kLines);
  std::string text;
  std::thread reader([&] { text = read_all(ends[0]); });
  const uint64_t dropped = log.dropped();
  log.stop();
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')), kLines - dropped);
}

// --- several middleware together, in Gin's order

constexpr auto kAll = router(use(middleware::recovery<>, middleware::request_id, middleware::cors<>, middleware::gzip<>,
                                 middleware::timeout<kAnHour>),
                             get("/probe", run_probe));

TEST(Chain, InnerMiddlewareSeesTheResponseFirst) {
  const std::string text(3000, 'x');
  const Answer answer = ask<kAll>("GET", {{"Accept-Encoding", "gzip"}, {"Origin", "https://x.example"}},
                                  [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(unzip(answer.body), text);
  EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.field("X-Request-ID").size(), 36u);
  const Answer miss = ask<kAll>("POST", {}, answer_ok);
  EXPECT_EQ(miss.status, 404);
  EXPECT_EQ(miss.body, "404 page not found");
  EXPECT_EQ(miss.field("X-Request-ID").size(), 36u) << "middleware also runs before a 404";
}

}  // namespace
}  // namespace duel::gin::testing
