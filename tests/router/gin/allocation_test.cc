#include <gtest/gtest.h>

#include <array>
#include <string>

#include "alloc/accounts.h"
#include "alloc/counters.h"
#include "router/gin/engine.h"
#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {
namespace {

struct Message {
  std::string_view message;
  int count = 0;
  static constexpr auto json_fields = fields(field("message", &Message::message), field("count", &Message::count));
};

void pass(Context& c) {
  c.next();
}

constexpr auto kApp =
    router(Options{.handle_method_not_allowed = true}, get("/ping", [](Context& c) { c.string(200, "pong"); }),
           get("/user/:id", [](Context& c) { c.string(200, c.param("id")); }),
           get("/a/:b/:c/:d/:e/:f", [](Context& c) { c.string(200, c.param("f")); }),
           get("/static/*path", [](Context& c) { c.string(200, c.param("path")); }),
           get("/query", [](Context& c) { c.string(200, c.query("q")); }),
           get("/struct",
               [](Context& c) {
                 c.json(200, Message{"<pong>", 3});
               }),
           get("/h",
               [](Context& c) {
                 c.json(200, H{{"message", "pong"}});
               }),
           post("/form", [](Context& c) { c.status(204); }),
           get("/chain", pass, pass, pass, pass, pass, [](Context& c) { c.string(200, "end"); }));

// Serves requests. Between the two readings of the counters, only the work of one request is done.
class Server {
 public:
  explicit Server(bool pool) : engine_(pool) {}

  alloc::Reading serve(const http::Request& request) {
    http::Output output(block_.data(), block_.data() + block_.size());
    const alloc::Reading before = alloc::read();
    response_.start(request, output, true);
    engine_.handle(request, response_);
    const alloc::Reading after = alloc::read();
    EXPECT_TRUE(response_.ended());
    return {.bytes = after.bytes - before.bytes,
            .freed_bytes = after.freed_bytes - before.freed_bytes,
            .calls = after.calls - before.calls,
            .frees = after.frees - before.frees};
  }

 private:
  Engine<kApp> engine_;
  http::DateLine date_{0};
  http::Response response_{date_};
  std::array<char, 64 * 1024> block_;
};

class Allocation : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build";
    alloc::count_calls(true);
  }
  void TearDown() override { alloc::count_calls(false); }
};

TEST_P(Allocation, NoneForAWarmRequest) {
  Server server(true);
  const std::string line = GetParam();
  const TestRequest request(line.substr(0, line.find(' ')), std::string_view(line).substr(line.find(' ') + 1));
  server.serve(request.get());
  for (int i = 0; i < 100; ++i) {
    const alloc::Reading used = server.serve(request.get());
    ASSERT_EQ(used.bytes, 0U);
    ASSERT_EQ(used.calls, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, Allocation,
                         ::testing::Values("GET /ping", "GET /user/42", "GET /user/a%20b", "GET /a/1/2/3/4/5",
                                           "GET /static/css/site.css", "GET /query?p=1&q=a%20b", "GET /struct",
                                           "GET /h", "GET /chain", "GET /nothing", "POST /ping", "GET /ping/",
                                           "POST /form"));

TEST_F(Allocation, ContextAndMemoryForEachRequestWithoutThePool) {
  Server server(false);
  const TestRequest request("GET", "/ping");
  for (int i = 0; i < 3; ++i) {
    const alloc::Reading used = server.serve(request.get());
    EXPECT_EQ(used.calls, 2U);
    EXPECT_EQ(used.frees, 2U);
    EXPECT_GE(used.bytes, sizeof(Context) + sizeof(memory::ContextMemory));
    EXPECT_LE(used.bytes, 2 * (sizeof(Context) + sizeof(memory::ContextMemory)));
  }
}

// All requests of one pattern are charged to one account, whatever their path and method.
TEST_F(Allocation, AreChargedToTheAccountOfTheRoute) {
  Server pooled(true), fresh(false);
  alloc::Books books("test");
  const auto serve = [&](Server& server, const char* method, const char* path) {
    const TestRequest request(method, path);
    server.serve(request.get());
    const alloc::Books::Entry entry(books);
    server.serve(request.get());
  };
  serve(pooled, "GET", "/user/42");
  serve(pooled, "GET", "/user/43");
  serve(pooled, "GET", "/user");
  serve(fresh, "GET", "/ping");
  EXPECT_EQ(books.costs(alloc::open_account("/user/:id")), (alloc::Costs{.entries = 2}));
  EXPECT_EQ(books.costs(alloc::kUnmatched), (alloc::Costs{.entries = 1})) << "/user has no route";
  const alloc::Costs without_pool = books.costs(alloc::open_account("/ping"));
  EXPECT_EQ(without_pool.allocations, 2U);
  EXPECT_EQ(without_pool.frees, 2U);
  EXPECT_EQ(without_pool.live_bytes(), 0);
}

}  // namespace
}  // namespace duel::gin::testing
