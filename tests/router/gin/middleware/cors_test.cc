#include "router/gin/middleware/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/gin/middleware/recovery.h"
#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kOrigins[] = {"https://a.example", "https://*.b.example"};
constexpr middleware::CorsOptions kSomeOrigins{.origins = kOrigins, .expose_headers = "X-A", .allow_credentials = true};
constexpr auto kOpenCors = router(use(middleware::cors<>), get("/probe", run_probe));
constexpr auto kClosedCors = router(use(middleware::cors<kSomeOrigins>), get("/probe", run_probe));

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

// A handler for each way to answer.
const std::vector<std::function<void(Context&)>> kAnswers = {answer_ok,
                                                             [](Context& c) { c.redirect(301, "/elsewhere"); },
                                                             [](Context& c) { c.status(304); },
                                                             [](Context& c) { c.abort_with_status(403); },
                                                             [](Context& c) { c.write("stream"); },
                                                             [](Context&) { throw std::runtime_error("broken"); }};

// A cache may answer a cross-origin request with the answer to any other request, unless Vary forbids it.
constexpr middleware::CorsOptions kOpenExposing{.expose_headers = "X-A"};
TEST(Cors, OfAllOriginsDoesNotDependOnTheOrigin) {
  static constexpr auto kExposing =
      router(use(middleware::recovery<nullptr>, middleware::cors<kOpenExposing>), get("/probe", run_probe));
  for (size_t i = 0; i < kAnswers.size(); ++i) {
    for (const std::string_view target : {"/probe", "/none"}) {
      const Answer without = ask<kExposing>("GET", {}, kAnswers[i], target);
      EXPECT_EQ(without.field("Access-Control-Allow-Origin"), "*") << i << target;
      EXPECT_EQ(without.field("Access-Control-Expose-Headers"), "X-A") << i << target;
      for (const char* origin : {"https://x.example", "http://example.com", "null"}) {
        EXPECT_EQ(ask<kExposing>("GET", {{"Origin", origin}}, kAnswers[i], target).head, without.head) << i << origin;
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
  std::vector<std::function<void(Context&)>> handlers = kAnswers;
  handlers.insert(handlers.end(), {[](Context& c) {
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
                                   }});
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

}  // namespace
}  // namespace duel::gin::testing
