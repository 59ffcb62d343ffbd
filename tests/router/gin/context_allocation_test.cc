#include <gtest/gtest.h>

#include <array>
#include <string>

#include "alloc/counters.h"
#include "router/gin/engine.h"
#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/recovery.h"
#include "router/gin/middleware/request_id.h"
#include "router/gin/middleware/timeout.h"
#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {
namespace {

struct Message {
  std::string_view message;
  int count = 0;
  std::span<const std::string_view> tags{};
  static constexpr auto json_fields = fields(field("message", &Message::message, required),
                                             field("count", &Message::count), field("tags", &Message::tags));
};

constexpr middleware::TimeoutOptions kAnHour{.limit = std::chrono::hours(1)};
const std::string large_text(3000, 'x');

constexpr auto kApp =
    router(Options{.handle_method_not_allowed = true}, get("/ping", [](Context& c) { c.string(200, "pong"); }),
           get("/user/:id", [](Context& c) { c.string(200, c.param("id")); }),
           get("/five/:a/:b/:c/:d/:e",
               [](Context& c) {
                 c.string(200, "{}{}{}{}{}", c.param("a"), c.param("b"), c.param("c"), c.param("d"), c.param("e"));
               }),
           get("/files/*path", [](Context& c) { c.string(200, c.param("path")); }),
           get("/query",
               [](Context& c) {
                 c.string(200, c.query("name"));
                 for (const std::string_view id : c.query_array("id")) c.string(200, id);
                 for (const binding::Pair& pair : c.query_map("m")) c.string(200, pair.value);
               }),
           get("/json", [](Context& c) { c.json(200, Message{.message = "pong"}); }),
           get("/indented",
               [](Context& c) {
                 c.indented_json(200, H{{"text", large_text}, {"more", large_text}});
               }),
           post("/bind",
                [](Context& c) {
                  Message message;
                  if (c.bind_json(message)) c.json(200, message);
                }),
           post("/form", [](Context& c) { c.string(200, c.form_file("f")->bytes); }),
           get("/cookie",
               [](Context& c) {
                 c.set_cookie({.name = "seen", .value = c.cookie("id").value_or("")});
                 c.error("noted");
                 c.status(204);
               }),
           get("/large",
               [](Context& c) {
                 for (int i = 0; i < 4; ++i) c.string(200, large_text);
               }),
           get("/redirect", [](Context& c) { c.redirect(302, "next"); }),
           group("/chain",
                 use(middleware::recovery<>, middleware::request_id, middleware::cors<>, middleware::gzip<>,
                     middleware::timeout<kAnHour>),
                 get("/five", [](Context& c) { c.string(200, large_text); })));

struct Case {
  const char* method;
  const char* target;
  int status;
  std::vector<FieldText> fields;
  std::string body;
};

class Allocations : public ::testing::TestWithParam<Case> {};

TEST_P(Allocations, AreNoneWhenWarm) {
  if (!alloc::available()) GTEST_SKIP() << "the process does not run on jemalloc, nothing can be counted";
  const Case& param = GetParam();
  const TestRequest request(param.method, param.target, param.fields, param.body);
  Engine<kApp> engine;
  std::vector<char> block(64 * 1024);
  const http::DateLine date(0);
  http::Response response(date);
  const auto serve = [&] {
    http::Output output(block.data(), block.data() + block.size());
    response.start(request.get(), output, true);
    engine.handle(request.get(), response);
    return response.status();
  };
  EXPECT_EQ(serve(), param.status);
  serve();
  const bool counting = alloc::count_calls(true);
  const alloc::Reading before = alloc::read();
  for (int i = 0; i < 100; ++i) serve();
  const alloc::Reading after = alloc::read();
  alloc::count_calls(false);
  EXPECT_TRUE(counting);
  EXPECT_EQ(after.bytes - before.bytes, 0u);
  EXPECT_EQ(after.calls - before.calls, 0u);
}

constexpr const char* kForm = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nbytes\r\n--b--";

INSTANTIATE_TEST_SUITE_P(
    Requests, Allocations,
    ::testing::Values(
        Case{"GET", "/ping", 200, {}, {}}, Case{"GET", "/user/4%202", 200, {}, {}},
        Case{"GET", "/five/1/2/3/4/5", 200, {}, {}}, Case{"GET", "/files/a/b/c", 200, {}, {}},
        Case{"GET", "/query?name=a%20b&id=1&id=2&m[a]=1&m%5Bb%5D=2", 200, {}, {}}, Case{"GET", "/json", 200, {}, {}},
        Case{"GET", "/indented", 200, {}, {}},
        Case{"POST", "/bind", 200, {}, R"({"message":"a\n","count":3,"tags":["x","y"]})"},
        Case{"POST", "/bind", 400, {}, R"({"message":"a","count":"3"})"},
        Case{"POST", "/form", 200, {{"Content-Type", "multipart/form-data; boundary=b"}}, kForm},
        Case{"GET", "/cookie", 204, {{"Cookie", "id=a%20b"}}, {}}, Case{"GET", "/none", 404, {}, {}},
        Case{"DELETE", "/ping", 405, {}, {}}, Case{"GET", "/ping/", 301, {}, {}}, Case{"GET", "/large", 200, {}, {}},
        Case{"GET", "/redirect", 302, {}, {}},
        Case{"GET", "/chain/five", 200, {{"Accept-Encoding", "gzip"}, {"Origin", "https://x.example"}}, {}}),
    [](const auto& one) { return "Case" + std::to_string(one.index); });

}  // namespace
}  // namespace duel::gin::testing
