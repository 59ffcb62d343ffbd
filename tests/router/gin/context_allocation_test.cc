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
#include "router/gin/templates.h"
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

struct Part {
  std::string_view note{};
  std::optional<int> count{};
  static constexpr auto json_fields =
      fields(field("note", &Part::note, omit_empty), field("count", &Part::count, omit_empty));
};
struct Rich {
  Part part{.note = "n"};
  std::array<std::byte, 3> bytes{};
  Time at{1700000000, 5};
  std::span<const std::string_view> tags{};
  static constexpr std::string_view xml_name = "rich";
  static constexpr auto json_fields = fields(embedded(&Rich::part), field("bytes", &Rich::bytes),
                                             field("at", &Rich::at), field("tags", &Rich::tags, omit_empty));
};
struct Filter {
  Time since{};
  std::chrono::nanoseconds age{};
  int limit = 0;
  static constexpr auto json_fields = fields(field("since", &Filter::since), field("age", &Filter::age),
                                             field("limit", &Filter::limit, default_value("7")));
};

constexpr middleware::TimeoutOptions kAnHour{.limit = std::chrono::hours(1)};
const std::string large_text(3000, 'x');
Templates views;
Page page(views, "page");

constexpr auto kApp = router(
    Options{.handle_method_not_allowed = true}, get("/ping", [](Context& c) { c.string(200, "pong"); }),
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
    post("/bind_xml",
         [](Context& c) {
           Message message;
           if (c.bind_xml(message)) c.json(200, message);
         }),
    post("/bind_yaml",
         [](Context& c) {
           Message message;
           if (c.bind_yaml(message)) c.json(200, message);
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
    get("/rich", [](Context& c) { c.json(200, Rich{}); }), get("/ascii", [](Context& c) { c.ascii_json(200, Rich{}); }),
    get("/secure", [](Context& c) { c.secure_json(200, std::array{Rich{}}); }),
    get("/jsonp", [](Context& c) { c.jsonp(200, Rich{}); }), get("/xml", [](Context& c) { c.xml(200, Rich{}); }),
    get("/yaml", [](Context& c) { c.yaml(200, Rich{}); }),
    get("/negotiate",
        [](Context& c) {
          constexpr std::string_view kOffers[] = {Context::kMimeJson, Context::kMimeXml};
          c.negotiate(200, kOffers, Rich{});
        }),
    get("/events",
        [](Context& c) {
          c.sse_event("tick", 7);
          c.sse_event("text", "a\nb");
        }),
    get("/reader",
        [](Context& c) {
          c.data_from_reader(200, 5, "text/plain",
                             [](std::span<char> to) { return std::string_view("hello").copy(to.data(), 5); });
        }),
    get("/filter",
        [](Context& c) {
          Filter filter;
          if (c.bind_query(filter)) c.string(200, "{}", filter.limit);
        }),
    get("/html", [](Context& c) { c.html(200, page, Message{.message = "pong"}); }),
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

// Of 100 warm requests.
alloc::Reading count(const Case& param) {
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
  alloc::Reading after = alloc::read();
  alloc::count_calls(false);
  EXPECT_TRUE(counting);
  after.bytes -= before.bytes;
  after.calls -= before.calls;
  return after;
}

class Allocations : public ::testing::TestWithParam<Case> {};

TEST_P(Allocations, AreNoneWhenWarm) {
  if (!alloc::available()) GTEST_SKIP() << "the process does not run on jemalloc, nothing can be counted";
  const alloc::Reading counted = count(GetParam());
  EXPECT_EQ(counted.bytes, 0u);
  EXPECT_EQ(counted.calls, 0u);
}

// libyaml keeps nothing between two documents. router/gin/README.md states these numbers.
TEST(Allocations, OfYamlAreThoseOfTheLibrary) {
  if (!alloc::available()) GTEST_SKIP() << "the process does not run on jemalloc, nothing can be counted";
  const auto calls = [](const char* body) { return count({"POST", "/bind_yaml", 200, {}, body}).calls / 100; };
  EXPECT_EQ(calls("message: a"), 21u);
  EXPECT_EQ(calls("message: a\ncount: 3"), 29u);
}

// router/gin/README.md states this number.
TEST(Allocations, OfAPageAreThoseOfMustache) {
  if (!alloc::available()) GTEST_SKIP() << "the process does not run on jemalloc, nothing can be counted";
  views.load({{"page", "<p>{{message}}</p>"}});
  EXPECT_EQ(count({"GET", "/html", 200, {}, {}}).calls / 100, 13u);
}

constexpr const char* kXml =
    "<?xml version='1.0'?>\n<m a='b'>\n <message>a&#10;b</message><count>3</count><tags>x</tags><tags>y</tags></m>";
constexpr const char* kForm = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nbytes\r\n--b--";

INSTANTIATE_TEST_SUITE_P(
    Requests, Allocations,
    ::testing::Values(
        Case{"GET", "/ping", 200, {}, {}}, Case{"GET", "/user/4%202", 200, {}, {}},
        Case{"GET", "/five/1/2/3/4/5", 200, {}, {}}, Case{"GET", "/files/a/b/c", 200, {}, {}},
        Case{"GET", "/query?name=a%20b&id=1&id=2&m[a]=1&m%5Bb%5D=2", 200, {}, {}}, Case{"GET", "/json", 200, {}, {}},
        Case{"GET", "/indented", 200, {}, {}},
        Case{"POST", "/bind", 200, {}, R"({"message":"a\n","count":3,"tags":["x","y"]})"},
        Case{"POST", "/bind", 400, {}, R"({"message":"a","count":"3"})"}, Case{"POST", "/bind_xml", 200, {}, kXml},
        Case{"POST", "/bind_xml", 400, {}, "<m><message>a</message><count>b</count></m>"},
        Case{"POST", "/bind_xml", 400, {}, "<m><message>"},
        Case{"POST", "/form", 200, {{"Content-Type", "multipart/form-data; boundary=b"}}, kForm},
        Case{"GET", "/cookie", 204, {{"Cookie", "id=a%20b"}}, {}}, Case{"GET", "/none", 404, {}, {}},
        Case{"DELETE", "/ping", 405, {}, {}}, Case{"GET", "/ping/", 301, {}, {}}, Case{"GET", "/large", 200, {}, {}},
        Case{"GET", "/redirect", 302, {}, {}}, Case{"GET", "/rich", 200, {}, {}}, Case{"GET", "/ascii", 200, {}, {}},
        Case{"GET", "/secure", 200, {}, {}}, Case{"GET", "/jsonp?callback=f", 200, {}, {}},
        Case{"GET", "/xml", 200, {}, {}}, Case{"GET", "/yaml", 200, {}, {}},
        Case{"GET", "/negotiate", 200, {{"Accept", "application/xml;q=0.5"}}, {}}, Case{"GET", "/events", 200, {}, {}},
        Case{"GET", "/reader", 200, {}, {}}, Case{"GET", "/filter?since=2024-02-29T13:05:07Z&age=1h", 200, {}, {}},
        Case{"GET", "/chain/five", 200, {{"Accept-Encoding", "gzip"}, {"Origin", "https://x.example"}}, {}}),
    [](const auto& one) { return "Case" + std::to_string(one.index); });

}  // namespace
}  // namespace duel::gin::testing
