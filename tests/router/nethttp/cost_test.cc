// Compares the tables of router/nethttp/README.md with counted allocations and bytes, so that the tables stay true.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "alloc/accounts.h"
#include "alloc/counters.h"
#include "router/nethttp/answer.h"
#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "tests/router/recorded/cost_tables.h"
#include "tests/router/recorded/exchange.h"

namespace duel::nethttp {
namespace {

using recorded::Cost;
using recorded::cost_of;

constexpr const char* kJson = R"({"message":"pong"})";

void send_json(ResponseWriter& writer, Request& /*request*/) {
  writer.header().set("Content-Type", "application/json; charset=utf-8");
  writer.write(kJson);
}
void send_text(ResponseWriter& writer, Request& /*request*/) {
  writer.header().set("Content-Type", "text/plain; charset=utf-8");
  writer.write("pong");
}

std::shared_ptr<ServeMux121> make_mux121() {
  auto mux = std::make_shared<ServeMux121>();
  mux->handle_func("/ping", send_text);
  mux->handle_func("/json", send_json);
  mux->handle_func("/files/", send_text);
  return mux;
}

std::shared_ptr<ServeMux> make_mux122() {
  auto mux = std::make_shared<ServeMux>();
  mux->handle_func("GET /ping", send_text);
  mux->handle_func("GET /user/{id}", send_text);
  mux->handle_func("GET /files/{path...}", send_text);
  return mux;
}

class CostTest : public recorded::CountingTest {
 protected:
  static recorded::FullRequest request_for(const std::string& target) {
    return recorded::FullRequest("GET", target,
                                 {{"Host", "localhost:8080"}, {"User-Agent", "duel-load"}, {"Accept", "*/*"}});
  }

  // The cost of the third of three equal requests. The first two cause the one-time allocations.
  Cost whole_request(http::Handler& engine, const std::string& target) {
    const recorded::FullRequest request = request_for(target);
    Cost cost;
    for (int i = 0; i < 3; ++i) {
      http::Output output(block_, block_ + sizeof block_);
      response_.start(request.request(), output, true);
      cost = cost_of([&] { engine.handle(request.request(), response_); });
      EXPECT_EQ(response_.status(), 200) << target;
    }
    return cost;
  }

  // The steps of GET /json, as the engine and the mux do them.
  std::map<std::string, Cost> costs_of_steps() {
    const std::shared_ptr<ServeMux121> mux = make_mux121();
    const recorded::FullRequest full = request_for("/json");
    const http::Request& from = full.request();
    http::Output output(block_, block_ + sizeof block_);
    response_.start(from, output, true);
    std::map<std::string, Cost> costs;
    std::unique_ptr<Request> request;
    costs["request"] = cost_of([&] {
      request = std::make_unique<Request>();
      request->method = from.method_name;
      request->proto = "HTTP/1.1";
      request->host = from.host;
      request->request_uri = from.target;
    });
    costs["URL"] = cost_of([&] { url::parse_target(from.method_name, from.target, request->url); });
    costs["fields"] = cost_of([&] {
      for (const http::Field field : from.fields) {
        if (field.name != "Host") request->header.add(field.name, field.value);
      }
    });
    costs["context"] = cost_of([&] { request->context = std::make_shared<Context>(); });
    std::unique_ptr<Answer> answer;
    costs["writer"] = cost_of([&] { answer = std::make_unique<Answer>(from, response_); });
    Found found;
    costs["lookup"] = cost_of([&] { found = mux->find(*request); });
    EXPECT_NE(found.account, alloc::kUnmatched);
    costs["Content-Type"] = cost_of([&] { answer->header().set("Content-Type", "application/json; charset=utf-8"); });
    costs["status"] = cost_of([&] { answer->write_header(200); });
    costs["body"] = cost_of([&] { answer->write(kJson); });
    costs["send"] = cost_of([&] { answer->finish(); });
    return costs;
  }

  char block_[4096];
  http::DateLine date_{0};
  http::Response response_{date_};
};

TEST_F(CostTest, TheTablesAreAsCounted) {
  Engine engine121(make_mux121());
  Engine engine122(make_mux122());
  costs_of_steps();  // causes the one-time allocations
  std::map<std::string, Cost> counted = costs_of_steps();
  Cost sum;
  for (const auto& [step, cost] : counted) sum += cost;
  counted["JSON"] = whole_request(engine121, "/json");
  EXPECT_EQ(sum, counted["JSON"]) << "a step is missing";
  counted["text"] = whole_request(engine121, "/ping");
  counted["subtree"] = whole_request(engine121, "/files/css/site.css");
  counted["text, `ServeMux`"] = whole_request(engine122, "/ping");
  counted["wildcard, `ServeMux`"] = whole_request(engine122, "/user/42");
  counted["rest, `ServeMux`"] = whole_request(engine122, "/files/css/site.css");
  recorded::expect_tables(DUEL_NETHTTP_README, counted);
}

// A request is charged to the account of its pattern, without the method, and frees everything.
TEST_F(CostTest, TheAccountsOfRoutesAgreeWithTheTables) {
  Engine engine(make_mux122());
  alloc::Books books("test");
  const alloc::AccountId account = alloc::open_account("/user/{id}");
  const Cost each = whole_request(engine, "/user/42");
  const recorded::FullRequest request = request_for("/user/42");
  const alloc::Costs before = books.costs(account);
  constexpr uint64_t kRequests = 3;
  for (uint64_t i = 0; i < kRequests; ++i) {
    http::Output output(block_, block_ + sizeof block_);
    response_.start(request.request(), output, true);
    const alloc::Books::Entry entry(books);
    engine.handle(request.request(), response_);
  }
  const alloc::Costs after = books.costs(account);
  EXPECT_EQ(after.entries - before.entries, kRequests);
  EXPECT_EQ((Cost{(after.allocations - before.allocations) / kRequests, (after.bytes - before.bytes) / kRequests}),
            each);
  EXPECT_EQ(after.live_bytes(), before.live_bytes());
}

}  // namespace
}  // namespace duel::nethttp
