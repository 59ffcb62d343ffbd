// GET /debug/routes of the admin port, with and without the leak scenario.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class Routes : public EndToEnd {
 protected:
  void start_with_admin(std::vector<std::string> arguments) {
    arguments.emplace_back("--admin-port=any");
    start(arguments);
    ASSERT_NE(server().admin_port(), 0) << server().ready_line();
  }

  nlohmann::json report() const {
    return nlohmann::json::parse(
        Client(server().admin_port()).roundtrip("GET /debug/routes HTTP/1.1\r\nHost: localhost\r\n\r\n").body);
  }

  std::string metrics() const {
    return Client(server().admin_port()).roundtrip("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
  }

  // Null if the server has counted nothing for this route.
  nlohmann::json route(const std::string& name) const {
    const nlohmann::json all = report();
    for (const nlohmann::json& one : all.at("routes")) {
      if (one.at("route") == name) return one;
    }
    return nullptr;
  }
};

class RoutesCounted : public Routes {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "the sanitizer has its own malloc, whose calls are not counted";
    start_with_admin({"--count-allocations=on"});
  }
};

// Echo reuses a context, so only what a handler makes allocates: JSON, and texts of several parts.
bool allocates_nothing(const std::string& route) {
  if (RoutesCounted::GetParam() == "echo") return route == "/ping" || route == "/api/v1/user/:id";
  return RoutesCounted::GetParam() == "gin";
}

// The sum over all routes is the count of the whole server.
TEST_P(RoutesCounted, SumUpToWhatTheServerCounts) {
  const std::map<std::string, std::string> paths = {
      {"/ping", "/ping"},
      {"/json", "/json"},
      {"/api/v1/user/:id", "/api/v1/user/7"},
      {"/repos/:owner/:repo/git/refs", "/repos/octocat/hello/git/refs"},
      {"(unmatched)", "/nowhere/at/all"},
  };
  constexpr uint64_t kRequests = 50;
  Client client(port());
  for (const auto& [name, path] : paths) {
    for (uint64_t i = 0; i < kRequests; ++i) client.get(path);  // one-time allocations is made
  }
  for (const auto& [name, path] : paths) {
    const nlohmann::json routed = route(account_of(name));
    ASSERT_FALSE(routed.is_null()) << name;
    const Snapshot before = server().snapshot();
    for (uint64_t i = 0; i < kRequests; ++i) client.get(path);
    const Snapshot after = server().snapshot();
    const nlohmann::json then = route(account_of(name));
    const auto difference = [&](const char* key) {
      return then.at(key).get<uint64_t>() - routed.at(key).get<uint64_t>();
    };
    EXPECT_EQ(difference("requests"), kRequests) << name;
    EXPECT_EQ(difference("allocations"), after.at("allocations") - before.at("allocations")) << name;
    EXPECT_EQ(difference("allocated_bytes"), after.at("allocated_bytes") - before.at("allocated_bytes")) << name;
    EXPECT_EQ(difference("freed_bytes"), difference("allocated_bytes")) << name << ": all memory is freed";
    EXPECT_EQ(difference("allocations") == 0, allocates_nothing(name)) << name;
    EXPECT_FALSE(then.at("leak_suspected").get<bool>());
  }
}

// The row "text" of router/beego/README.md.
TEST_P(RoutesCounted, PingCostsWhatTheTableSays) {
  if (GetParam() != "gin" && GetParam() != "beego") GTEST_SKIP() << "the cost test of the style compares its table";
  Client client(port());
  client.get("/ping");
  const nlohmann::json before = route("/ping");
  client.get("/ping");
  const nlohmann::json after = route("/ping");
  const bool gin = GetParam() == "gin";
  EXPECT_EQ(after.at("allocations").get<uint64_t>() - before.at("allocations").get<uint64_t>(), gin ? 0U : 5U);
  EXPECT_EQ(after.at("allocated_bytes").get<uint64_t>() - before.at("allocated_bytes").get<uint64_t>(),
            gin ? 0U : 768U);
}

// The numbers are those of the tables in router/beego/README.md. The phase `handler` creates and runs the controller.
TEST_P(Routes, AreReportedByPhase) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer has its own malloc, whose calls are not counted";
  if (GetParam() != "gin" && GetParam() != "beego") GTEST_SKIP() << "the tables of the other styles have no phases";
  start_with_admin({"--count-allocations=on", "--account-phases=on"});
  EXPECT_EQ(report().at("phases").size(), 6U);
  Client client(port());
  client.get("/ping");
  client.get("/ping");
  constexpr uint64_t kRequests = 20;
  const nlohmann::json before = report().at("phases");
  for (uint64_t i = 0; i < kRequests; ++i) client.get("/ping");
  const nlohmann::json after = report().at("phases");
  const auto each = [&](const char* phase, const char* key) {
    return (after.at(phase).at(key).get<uint64_t>() - before.at(phase).at(key).get<uint64_t>()) / kRequests;
  };
  const bool gin = GetParam() == "gin";
  EXPECT_EQ(each("context", "allocations"), gin ? 0U : 1U);
  EXPECT_EQ(each("context", "allocated_bytes"), gin ? 0U : 512U);
  EXPECT_EQ(each("route", "allocations"), gin ? 0U : 3U);
  EXPECT_EQ(each("route", "allocated_bytes"), gin ? 0U : 208U) << "catch-all, two lookups, parts of the path, pattern";
  EXPECT_EQ(each("handler", "allocations"), gin ? 0U : 1U);
  EXPECT_EQ(each("handler", "allocated_bytes"), gin ? 0U : 48U) << "the controller";
  for (const char* phase : {"parse", "write"}) EXPECT_EQ(each(phase, "allocated_bytes"), 0U) << phase;
  for (const char* phase : {"parse", "context", "route", "handler", "write"}) {
    EXPECT_GE(each(phase, "entries"), 1U) << phase;
    EXPECT_GT(each(phase, "ns"), 0U) << phase;
  }
}

TEST_P(Routes, AreReportedPerWorker) {
  start_with_admin({"--threads=2"});
  for (int i = 0; i < 200; ++i) Client(port()).get("/ping");  // the kernel distributes connections among the listeners
  uint64_t sum = 0;
  const nlohmann::json ping = route("/ping");
  for (const nlohmann::json& thread : ping.at("threads")) sum += thread.at("requests").get<uint64_t>();
  EXPECT_EQ(ping.at("requests"), 200);
  EXPECT_EQ(sum, 200U);
  EXPECT_EQ(ping.at("threads").size(), 2U);
  EXPECT_TRUE(ping.at("allocations").is_null()) << "calls are not counted by default";
}

TEST_P(Routes, OfTheAdminPortAreNotUnmatchedOnes) {
  start_with_admin({});
  EXPECT_TRUE(route("(unmatched)").is_null());
  EXPECT_GE(route("(admin)").at("requests"), 1);
}

TEST_P(Routes, HaveNoItemWithoutTheScenario) {
  start_with_admin({});
  EXPECT_EQ(Client(port()).get("/api/item/1").status(), 404);
  EXPECT_EQ(report().at("background_tasks"), 0);
}

TEST_P(Routes, LeakIsNamedAndItsTasksDoNotDelayTheEnd) {
  start_with_admin({"--threads=2", "--scenario=leak", "--leak-window=600ms"});
  const std::string name = account_of("/api/item/:id");
  Client client(port());
  int asked = 0;
  const auto ask = [&] {
    for (int i = 0; i < 50; ++i, ++asked) ASSERT_EQ(client.get("/api/item/123").body, "4000 bytes");
  };
  if (kSanitized) {
    ask();
  } else {
    ask();
    ASSERT_TRUE(eventually([&] { return route(name).at("leak_suspected").get<bool>(); }, ask));
    const nlohmann::json item = route(name);
    EXPECT_EQ(item.at("requests"), asked);
    EXPECT_GE(item.at("live_bytes"), asked * 4000);
    EXPECT_GT(item.at("live_bytes_per_min"), 0);
    EXPECT_THAT(metrics(),
                AllOf(HasSubstr("\nduel_route_leak_suspected{route=\"" + name + "\"} 1\n"),
                      ContainsRegex("\nduel_route_live_growth_bytes_per_second.route=\"" + name + "\". [1-9]")));
  }
  EXPECT_EQ(report().at("items"), 1);
  EXPECT_EQ(report().at("background_tasks"), asked);
  EXPECT_EQ(server().stop(), 0);
  if (kSanitized) return;
  EXPECT_THAT(server().process().standard_error(),
              ContainsRegex("server: possible memory leak in " + name + ": .* MB/min since "));
}

TEST_P(Routes, TasksOfTheLeakReleaseTheirMemoryInTime) {
  start_with_admin({"--scenario=leak", "--leak-delay=50ms"});
  Client client(port());
  for (int i = 0; i < 100; ++i) client.get("/api/item/" + std::to_string(i));
  EXPECT_TRUE(eventually([&] { return report().at("background_tasks") == 0; }));
  EXPECT_EQ(report().at("items"), 0);
}

TEST_P(Routes, OfTheFixedScenarioStayFlat) {
  start_with_admin({"--scenario=leak-fixed", "--item-capacity=100"});
  Client client(port());
  const auto ask = [&](int from, int to) {
    for (int i = from; i < to; ++i) {
      ASSERT_EQ(client.get("/api/item/" + std::to_string(100'000 + i)).body, "4000 bytes");
    }
  };
  ask(0, 200);
  const std::string name = account_of("/api/item/:id");
  const nlohmann::json full = route(name);
  ask(200, 2000);
  EXPECT_EQ(route(name).at("live_bytes"), full.at("live_bytes"));
  EXPECT_EQ(report().at("items"), 100);
  EXPECT_EQ(report().at("background_tasks"), 0);
}

DUEL_ALL_STYLES(Routes);
DUEL_ALL_STYLES(RoutesCounted);

}  // namespace
}  // namespace duel::e2e
