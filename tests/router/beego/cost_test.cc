// Compares the tables of router/beego/README.md with counted allocations and bytes, so that the tables stay true.

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "alloc/accounts.h"
#include "alloc/counters.h"
#include "bench/micro/beego_steps.h"
#include "router/beego/engine.h"
#include "tests/router/beego/exchange.h"
#include "tests/router/recorded/cost_tables.h"

namespace duel::beego {
namespace {

using recorded::Cost;
using recorded::cost_of;

class Api : public Controller {
 public:
  void ping() { output().body("pong"); }
  void json() {
    data()["json"] = values::Map{{"message", "pong"}};
    serve_json();
  }
  void user() { output().body(input().param(":id")); }
  void file() { output().body(input().param(":splat")); }

  static ControllerClass reflect() {
    return ControllerClass::of<Api>("ApiController")
        .method("Ping", &Api::ping)
        .method("Json", &Api::json)
        .method("User", &Api::user)
        .method("File", &Api::file);
  }
};

std::shared_ptr<const App> make_app() {
  auto app = std::make_shared<App>();
  app->router<Api>("/ping", "get:Ping");
  app->router<Api>("/json", "get:Json");
  app->router<Api>("/api/v1/user/:id", "get:User");
  app->router<Api>("/files/*", "get:File");
  return app;
}

class CostTest : public recorded::CountingTest {
 protected:
  // The cost of the third of three equal requests. The first two cause the one-time allocations.
  Cost whole_request(std::string_view target, EngineOptions options = {}) {
    Engine engine(app_, options);
    const http::Request request = testing::make_request("GET", target);
    Cost cost;
    for (int i = 0; i < 3; ++i) {
      http::Output output(block_, block_ + sizeof block_);
      response_.start(request, output, true);
      cost = cost_of([&] { engine.handle(request, response_); });
      EXPECT_EQ(response_.status(), 200) << target;
      EXPECT_FALSE(output.on_heap());
    }
    return cost;
  }

  std::shared_ptr<const App> app_ = make_app();
  char block_[4096];
  http::DateLine date_{0};
  http::Response response_{date_};
};

std::map<std::string, Cost> costs_of_steps() {
  bench::BeegoJsonRequest request;
  std::array<alloc::Reading, bench::kBeegoSteps.size() + 1> readings;
  size_t next = 0;
  const std::function<void()> mark = [&] { readings[next++] = alloc::read(); };
  for (int i = 0; i < 3; ++i) {  // the first rounds cause the one-time allocations; the last is kept
    next = 0;
    request.run(mark);
  }
  EXPECT_EQ(next, readings.size());
  std::map<std::string, Cost> costs;
  for (size_t i = 0; i < bench::kBeegoSteps.size(); ++i) {
    costs[std::string(bench::kBeegoSteps[i])] = {.allocations = readings[i + 1].calls - readings[i].calls,
                                                 .bytes = readings[i + 1].bytes - readings[i].bytes};
  }
  return costs;
}

TEST_F(CostTest, TheTablesAreAsCounted) {
  std::map<std::string, Cost> counted = costs_of_steps();
  Cost sum;
  for (const auto& [step, cost] : counted) sum += cost;
  counted["JSON"] = whole_request("/json");
  EXPECT_EQ(sum, counted["JSON"]) << "a step is missing";
  counted["JSON, pooled context"] = whole_request("/json", {.pool_context = true});
  counted["text"] = whole_request("/ping");
  counted["`:id`"] = whole_request("/api/v1/user/42");
  counted["`*`"] = whole_request("/files/css/site.css");
  recorded::expect_tables(DUEL_BEEGO_README, counted);
}

// The accounts of routes, which a server shows, agree with the tables.
TEST_F(CostTest, TheAccountsOfRoutesAgreeWithTheTables) {
  struct Row {
    const char* name;
    const char* pattern;
    const char* target;
  };
  const std::map<std::string, Cost> written = recorded::read_tables(DUEL_BEEGO_README);
  Engine engine(app_);
  alloc::Books books("test");
  for (const Row& row :
       {Row{"text", "/ping", "/ping"}, Row{"JSON", "/json", "/json"},
        Row{"`:id`", "/api/v1/user/:id", "/api/v1/user/42"}, Row{"`*`", "/files/*", "/files/css/site.css"}}) {
    const alloc::AccountId account = alloc::open_account(row.pattern);
    const http::Request request = testing::make_request("GET", row.target);
    constexpr uint64_t kRequests = 3;
    alloc::Costs before;
    for (uint64_t i = 0; i <= kRequests; ++i) {
      if (i == 1) before = books.costs(account);  // the first request causes the one-time allocations
      http::Output output(block_, block_ + sizeof block_);
      response_.start(request, output, true);
      const alloc::Books::Entry entry(books);
      engine.handle(request, response_);
    }
    const alloc::Costs after = books.costs(account);
    EXPECT_EQ(after.entries - before.entries, kRequests) << row.pattern;
    EXPECT_EQ((Cost{(after.allocations - before.allocations) / kRequests, (after.bytes - before.bytes) / kRequests}),
              written.at(row.name))
        << row.pattern;
    EXPECT_EQ(after.live_bytes(), before.live_bytes()) << row.pattern << ": a request must free everything";
  }
}

}  // namespace
}  // namespace duel::beego
