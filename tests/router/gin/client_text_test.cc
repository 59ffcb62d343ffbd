// Fields of a response that repeat text of the request: their form, and answers to text that does not fit.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/limits.h"
#include "router/gin/middleware/basic_auth.h"
#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/recovery.h"
#include "router/gin/middleware/request_id.h"
#include "tests/router/gin/probe.h"

namespace duel::gin::testing {
namespace {

constexpr auto kRoutes = router(get("/u/:id", run_probe), post("/u/:id", run_probe), get("/Fixed", run_probe));

std::string hex(unsigned byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {'%', kDigits[byte >> 4], kDigits[byte & 15]};
}

// The bytes that Gin 1.9.1 (Go 1.26) keeps in the Location of its redirects; it escapes all others.
bool gin_keeps(unsigned byte) {
  constexpr std::string_view kKept = "$&+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~";
  return kKept.find(static_cast<char>(byte)) != std::string_view::npos;
}

TEST(SlashRedirect, EscapesEachByteAsGinDoes) {
  Engine<kRoutes> engine;
  for (unsigned byte = 0; byte < 256; ++byte) {
    if (byte == '/') continue;
    const std::string expected = "/u/a" + (gin_keeps(byte) ? std::string(1, static_cast<char>(byte)) : hex(byte));
    EXPECT_EQ(exchange(engine, "GET", "/u/a" + hex(byte) + "/").field("Location"), expected) << byte;
    if (byte == '%' || byte == '?' || byte == '#') continue;
    EXPECT_EQ(exchange(engine, "GET", "/u/a" + std::string(1, static_cast<char>(byte)) + "/").field("Location"),
              expected)
        << byte;
  }
}

TEST(SlashRedirect, DependsOnTheForwardedPrefix) {
  Engine<kRoutes> engine;
  const Answer with = exchange(engine, "GET", "/u/a/", {{"X-Forwarded-Prefix", "/app"}});
  EXPECT_EQ(with.field("Location"), "/app/u/a");
  EXPECT_EQ(with.field("Vary"), "X-Forwarded-Prefix");
  const Answer without = exchange(engine, "GET", "/u/a/");
  EXPECT_EQ(without.field("Location"), "/u/a");
  EXPECT_EQ(without.field("Vary"), "X-Forwarded-Prefix") << "a cache must not give one answer for the other";
}

// --- text that does not fit

constexpr Options kRedirecting{.redirect_fixed_path = true, .handle_method_not_allowed = true};
constexpr std::string_view kOrigins[] = {"https://*.example"};
constexpr middleware::CorsOptions kWildcard{.origins = kOrigins, .allow_credentials = true};
constexpr auto kApp =
    router(kRedirecting, use(middleware::recovery<>, middleware::request_id), get("/u/:id", run_probe),
           group("/Cors", use(middleware::cors<kWildcard>, middleware::gzip<>), any("/x", run_probe)));

// Requests with `n` bytes of text that the router or a middleware repeats in a field.
struct Repetition {
  const char* name;
  std::string target;
  std::vector<FieldText> fields;
  std::string_view method = "GET";
};

std::vector<Repetition> repetitions(const std::string& text) {
  return {
      {"slash", "/u/" + text + "/", {}},
      {"slash, query", "/u/a/?" + text, {}},
      {"slash, other method", "/u/" + text + "/", {}, "HEAD"},
      {"fixed path", "/U/" + text, {}},
      {"fixed path and slash", "/U/" + text + "/", {}},
      {"fixed path, query", "/U/x?" + text, {}},
      {"prefix", "/u/a/", {{"X-Forwarded-Prefix", text}}},
      {"request id", "/u/a", {{"X-Request-ID", text}}},
      {"request id of no route", "/none", {{"X-Request-ID", text}}},
      {"origin", "/Cors/x", {{"Origin", text}}},
      {"preflight", "/Cors/x", {{"Origin", text}}, "OPTIONS"},
      {"accept", "/Cors/x", {{"Origin", "https://a.example"}, {"Accept-Encoding", text}}},
      {"requested", "/Cors/x", {{"Origin", "https://a.example"}, {"Access-Control-Request-Headers", text}}, "OPTIONS"}};
}

// A client must know where the answer ends: every answer except 204 has a Content-Length.
void expect_no_server_error(const Answer& answer, const std::string& what) {
  EXPECT_LT(answer.status, 500) << what;
  EXPECT_EQ(answer.field("Content-Length").empty(), answer.status == 204) << what;
  EXPECT_LE(answer.head.size(), http::limits::kResponseFieldBytes + 300) << what;
}

TEST(LongText, IsNeverAServerErrorOfTheRouter) {
  probe_body = [](Context& c) { c.string(200, std::string(2'000, 'x')); };
  Engine<kApp> engine;
  for (const size_t size : {1'023u, 2'728u, 4'000u, 8'100u, 16'000u}) {
    for (const std::string_view unit : {"!", "a", "%C3%BC", "\xFF", "\"", "/x", "https://a.example"}) {
      std::string text;
      while (text.size() < size) text += unit;
      for (const Repetition& each : repetitions(text)) {
        const Answer answer = exchange(engine, each.method, each.target, each.fields);
        expect_no_server_error(answer, std::string(each.name) + " " + std::string(unit) + " " + std::to_string(size));
      }
    }
  }
  const std::string origin = "https://" + std::string(9'000, 'a') + ".example";
  for (const char* method : {"GET", "OPTIONS", "HEAD"}) {
    EXPECT_EQ(exchange(engine, method, "/Cors/x", {{"Origin", origin}}).status, 431) << method;
  }
  EXPECT_EQ(exchange(engine, "GET", "/u/" + std::string(2'728, '!') + "/").status, 414);
  EXPECT_EQ(exchange(engine, "GET", "/u/a/", {{"X-Forwarded-Prefix", std::string(9'000, 'a')}}).status, 431);
}

// Handlers that repeat text of the client, however they do it.
TEST(LongText, IsNeverAServerErrorOfAHandler) {
  const std::vector<std::function<void(Context&, std::string_view)>> handlers = {
      [](Context& c, std::string_view text) { c.redirect(302, "/" + std::string(text)); },
      [](Context& c, std::string_view text) { c.redirect(303, text); },
      [](Context& c, std::string_view text) { c.set_header("X-Echo", text); },
      [](Context& c, std::string_view text) {
        for (int i = 0; i < 8; ++i) c.add_header("X-Echo", text);
      },
      [](Context& c, std::string_view text) { c.set_cookie({.name = "name", .value = text}); },
      [](Context& c, std::string_view text) {
        c.set_header("Content-Disposition", "attachment; filename=" + std::string(text));
      },
      [](Context& c, std::string_view text) { c.data(200, text, "x"); },
      [](Context& c, std::string_view text) {
        c.set_header("ETag", text);
        c.status(304);
      },
      [](Context& c, std::string_view text) {
        c.set_header("X-Echo", text);
        c.write("streamed");
      }};
  for (size_t i = 0; i < handlers.size(); ++i) {
    for (const size_t size : {1'025u, 2'800u, 8'000u, 9'000u}) {
      const std::string text(size, '\xFF');
      const auto handler = [&](std::string_view what) {
        return [&, what](Context& c) {
          handlers[i](c, what == "target" ? c.request().query : what == "field" ? c.header("X") : c.body());
        };
      };
      const std::string what = std::to_string(i) + " " + std::to_string(size);
      EXPECT_LT(probe("GET", "?" + text, {}, {}, handler("target")).status, 500) << what;
      EXPECT_LT(probe("GET", "?", {{"X", text}}, {}, handler("field")).status, 500) << what;
      EXPECT_LT(probe("POST", "?", {}, text, handler("body")).status, 500) << what;
    }
  }
}

TEST(LongText, OfTheServerIsAServerError) {
  for (const int status : {200, 204, 304, 302}) {
    const Answer answer = probe("?", [&](Context& c) {
      c.set_header("X", std::string(9'000, 'x'));
      c.status(status);
    });
    EXPECT_EQ(answer.status, 500) << status;
    EXPECT_EQ(answer.field("Content-Length"), std::to_string(answer.body.size())) << "the client waits for the body";
  }
}

}  // namespace
}  // namespace duel::gin::testing
