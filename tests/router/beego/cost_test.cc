// The figures of router/beego/README.md against what is counted: the tables there cannot rot.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>

#include "alloc/counters.h"
#include "router/beego/engine.h"
#include "router/beego/json.h"
#include "tests/router/beego/exchange.h"

namespace duel::beego {
namespace {

struct Cost {
  uint64_t allocations = 0;
  uint64_t bytes = 0;

  bool operator==(const Cost&) const = default;
  Cost& operator+=(const Cost& other) {
    allocations += other.allocations;
    bytes += other.bytes;
    return *this;
  }
};

std::ostream& operator<<(std::ostream& out, const Cost& cost) {
  return out << cost.allocations << " allocations, " << cost.bytes << " bytes";
}

template <typename Step>
Cost cost_of(Step step) {
  const alloc::Reading before = alloc::read();
  step();
  const alloc::Reading after = alloc::read();
  return {.allocations = after.calls - before.calls, .bytes = after.bytes - before.bytes};
}

// The rows of the README's tables whose last two cells are numbers, by their first cell.
std::map<std::string, Cost> read_tables(const std::string& path) {
  std::map<std::string, Cost> rows;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ")) continue;
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(2));
    for (std::string cell; std::getline(rest, cell, '|');) {
      const size_t first = cell.find_first_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    const auto is_number = [](const std::string& text) {
      return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if (cells.size() < 3 || !is_number(cells.back()) || !is_number(cells[cells.size() - 2])) continue;
    const Cost cost{.allocations = std::stoull(cells[cells.size() - 2]), .bytes = std::stoull(cells.back())};
    EXPECT_TRUE(rows.emplace(cells.front(), cost).second) << "twice in the tables: " << cells.front();
  }
  return rows;
}

class Api : public Controller {
 public:
  void ping() { output().body("pong"); }
  void json() {
    data()["json"] = Map{{"message", "pong"}};
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

class CostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build, so nothing is counted";
    ASSERT_TRUE(alloc::count_calls(true));
  }
  void TearDown() override { alloc::count_calls(false); }

  // A request after two like it: what is made once has been made.
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
  http::Response response_{"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"};
};

// The steps of GET /json, done one by one as Engine does them.
std::map<std::string, Cost> costs_of_steps(const App& app, http::Response& response, char* block, size_t size) {
  const http::Request request = testing::make_request("GET", "/json");
  http::Output sent(block, block + size);
  response.start(request, sent, true);
  Filter catch_all("/*", [](Context&) {}, {});

  std::map<std::string, Cost> costs;
  std::unique_ptr<Context> context;
  std::unique_ptr<Controller> controller;
  const Route* route = nullptr;
  const ControllerClass* controller_class = nullptr;
  const auto find = [&] { route = app.find("GET", context->input.url(), context->input.params()); };
  costs["context"] = cost_of([&] {
    context = std::make_unique<Context>();
    context->reset(request, response, app);
  });
  costs["catch-all"] = cost_of([&] { catch_all.run_if_matching(*context, context->input.url()); });
  costs["lookup for the session"] = cost_of(find);
  costs["lookup"] = cost_of(find);
  costs["parts of the path"] = cost_of([&] { context->input.params().number_splat(); });
  costs["pattern"] = cost_of([&] { context->input.set_data("RouterPattern", route->pattern); });
  costs["class and method name"] = cost_of([&] {
    controller_class = app.controller_class(route->controller);
    static_cast<void>(route->methods.find("GET"));
  });
  costs["controller"] = cost_of([&] { controller = controller_class->make(); });
  costs["init and prepare"] = cost_of([&] {
    controller->init(*context, controller_class->name(), "Json");
    controller->prepare();
  });
  const Cost method = cost_of([&] { (*controller_class->find("Json"))(*controller); });
  // The method's three steps, apart.
  std::any value;
  std::string text;
  costs["data"] = cost_of([&] { context->input.data()["again"] = Map{{"message", "pong"}}; });
  costs["JSON text"] = cost_of([&] { text = to_json(*context->input.get_data("again")); });
  costs["body"] = method;
  costs["body"].allocations -= costs["data"].allocations + costs["JSON text"].allocations;
  costs["body"].bytes -= costs["data"].bytes + costs["JSON text"].bytes;
  costs["finish and send"] = cost_of([&] {
    controller->finish();
    controller.reset();
    context->output.finish();
    context.reset();
  });
  return costs;
}

TEST_F(CostTest, TheTablesSayWhatIsCounted) {
  std::map<std::string, Cost> counted = costs_of_steps(*app_, response_, block_, sizeof block_);
  Cost sum;
  for (const auto& [step, cost] : counted) sum += cost;
  counted["JSON"] = whole_request("/json");
  EXPECT_EQ(sum, counted["JSON"]) << "a step is missing";
  counted["JSON, pooled context"] = whole_request("/json", {.pool_context = true});
  counted["text"] = whole_request("/ping");
  counted["`:id`"] = whole_request("/api/v1/user/42");
  counted["`*`"] = whole_request("/files/css/site.css");
  const std::map<std::string, Cost> written = read_tables(DUEL_BEEGO_README);
  for (const auto& [row, cost] : counted) {
    const auto found = written.find(row);
    EXPECT_TRUE(found != written.end() && found->second == cost)
        << "row \"" << row << "\": counted " << cost << ", written "
        << (found == written.end() ? Cost{} : found->second);
  }
  for (const auto& [row, cost] : written) EXPECT_TRUE(counted.contains(row)) << "not counted: " << row;
}

}  // namespace
}  // namespace duel::beego
