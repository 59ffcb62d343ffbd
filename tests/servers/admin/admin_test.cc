#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"
#include "tests/e2e/server_process.h"
#include "tests/servers/run_server.h"

// The admin port: its answers, the requests that it refuses, and that it does not disturb the server.
namespace duel::e2e {
namespace {

using ::testing::HasSubstr;

// A request with an address as Host. The admin port requires an address or localhost.
std::string request(const std::string& method, const std::string& path, const std::string& fields = {}) {
  return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
}

class AdminPort : public EndToEnd {
 protected:
  void begin(std::vector<std::string> arguments = {}) {
    arguments.emplace_back("--admin-port=any");
    start(arguments);
    admin_ = server().admin_port();
    ASSERT_NE(admin_, 0) << server().ready_line();
  }
  Reply ask(const std::string& path) const { return Client(admin_).roundtrip(request("GET", path)); }
  nlohmann::json vars() const { return nlohmann::json::parse(ask("/debug/vars").body); }
  std::string at() const { return "127.0.0.1:" + std::to_string(admin_); }

  uint16_t admin_ = 0;
};

TEST_P(AdminPort, Answers) {
  begin();
  EXPECT_EQ(ask("/healthz").body, "ok\n");
  EXPECT_EQ(ask("/readyz").body, "ready\n");
  for (const char* path : {"/", "/metrics", "/debug/vars", "/debug/history", "/debug/pprof/"}) {
    const Reply reply = ask(path);
    EXPECT_EQ(reply.status(), 200) << path;
    EXPECT_EQ(reply.field("Cache-Control"), "no-store");
    EXPECT_THAT(ask("/debug/pprof/").body, HasSubstr(std::string("GET ") + path + " "));
    Client client(admin_);
    EXPECT_EQ(client.roundtrip(std::string("HEAD ") + path + " HTTP/1.1\r\nHost: " + at() + "\r\n\r\n", true).status(),
              200);
  }
}

TEST_P(AdminPort, RefusesUnknownPathsAndMethods) {
  begin();
  for (const char* path : {"/nope", "/healthz/", "/debug", "/debug/pprof", "//", "/%2e%2e/etc/passwd", "/HEALTHZ"}) {
    EXPECT_EQ(ask(path).status(), 404) << path;
  }
  for (const auto& [method, status] :
       {std::pair("POST", 405), std::pair("PUT", 405), std::pair("DELETE", 405), std::pair("OPTIONS", 204),
        std::pair("TRACE", 405), std::pair("PATCH", 405), std::pair("PROPFIND", 501)}) {
    const Reply refused =
        Client(admin_).roundtrip(std::string(method) + " /healthz HTTP/1.1\r\nHost: " + at() + "\r\n\r\n");
    EXPECT_EQ(refused.status(), status) << method;
    EXPECT_EQ(refused.field("Allow"), "GET, HEAD");
  }
  EXPECT_EQ(ask("/debug/reset").status(), 405);
  EXPECT_EQ(ask("/debug/reset").field("Allow"), "POST");
  EXPECT_EQ(ask("/metrics?" + std::string(7'000, 'q')).status(), 200);
  EXPECT_EQ(ask("/metrics?" + std::string(9'000, 'q')).status(), 414);
  EXPECT_EQ(ask("/debug/history?since=99999999999999999999999").status(), 200);
  EXPECT_EQ(ask("/debug/history?&=&since=-1&since").status(), 200);
  EXPECT_EQ(Client(admin_).roundtrip(request("POST", "/debug/reset", "Content-Length: 300000\r\n")).status(), 413);
}

// A foreign web page in the browser of a user who can reach the port.
TEST_P(AdminPort, RefusesForeignHostsAndOrigins) {
  begin();
  const auto status_for = [&](const std::string& host, const std::string& request_line = "GET /healthz") {
    return Client(admin_).roundtrip(request_line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status();
  };
  for (const std::string& host :
       std::vector<std::string>{"127.0.0.1", "localhost", "LOCALHOST:6060", "[::1]:6060", "10.0.0.7:6060",
                                "[::FFFF:127.0.0.1]:6060", "[0:0:0:0:0:0:0:1]"}) {
    EXPECT_EQ(status_for(host), 200) << host;
  }
  for (const std::string& host : std::vector<std::string>{"evil.example", "evil.example:6060", "127.0.0.1.evil.example",
                                                          "localhost.evil.example", "127.1"}) {
    EXPECT_EQ(status_for(host), 403) << host;
  }
  EXPECT_EQ(status_for("evil.example", "GET http://127.0.0.1/healthz"), 200) << "the target wins over Host (RFC 9112)";
  EXPECT_EQ(Client(admin_).roundtrip("GET /healthz HTTP/1.0\r\n\r\n").status(), 200);

  const auto reset_from = [&](const std::string& origin) {
    const Reply reply =
        Client(admin_).roundtrip("POST /debug/reset HTTP/1.1\r\nHost: " + at() + "\r\nOrigin: " + origin + "\r\n\r\n");
    return reply.status();
  };
  EXPECT_EQ(reset_from("http://" + at()), 200);
  for (const std::string& origin : {std::string("http://evil.example"), std::string("null"), "https://" + at(),
                                    "http://" + at() + ".evil.example", std::string("http://127.0.0.1:1")}) {
    EXPECT_EQ(reset_from(origin), 403) << origin;
  }
}

// <img src="http://127.0.0.1:6060/debug/pprof/profile?seconds=300"> on a foreign web page.
TEST_P(AdminPort, RefusesRequestsOfOtherPages) {
  begin();
  const auto status_of = [&](const char* method, const std::string& path, const std::string& site) {
    return Client(admin_).roundtrip(request(method, path, "Sec-Fetch-Site: " + site + "\r\n")).status();
  };
  for (const char* path : {"/", "/metrics", "/debug/pprof/profile?seconds=1", "/nope"}) {
    for (const char* site : {"cross-site", "same-site", "Same-Origin", "none, none"}) {
      EXPECT_EQ(status_of("GET", path, site), 403) << path << " " << site;
    }
  }
  EXPECT_EQ(status_of("POST", "/debug/reset", "cross-site"), 403);
  for (const char* site : {"same-origin", "none"}) {
    EXPECT_EQ(status_of("GET", "/healthz", site), 200) << site;
    EXPECT_EQ(status_of("POST", "/debug/reset", site), 200) << site;
  }
}

TEST_P(AdminPort, CountsByClassAndWorker) {
  begin({"--threads=2"});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(port()).get("/ping").status(), 200);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Client(port()).get("/nowhere").status(), 404);
  EXPECT_EQ(Client(port()).roundtrip("GET / HTTP/1.1\r\n\r\n").status(), 400);
  const nlohmann::json json = vars();
  const nlohmann::json& total = json.at("total");
  EXPECT_EQ(total.at("requests"), 15) << "requests to the admin port do not count";
  EXPECT_EQ(total.at("responses_2xx"), 10);
  EXPECT_EQ(total.at("responses_3xx"), 0);
  EXPECT_EQ(total.at("responses_4xx"), 6);
  EXPECT_EQ(total.at("connections"), 16);
  ASSERT_EQ(json.at("workers").size(), 2U);
  for (const auto& [name, value] : total.items()) {
    if (value.is_null()) continue;
    EXPECT_EQ(value, json["workers"][0][name].get<uint64_t>() + json["workers"][1][name].get<uint64_t>()) << name;
  }
  const std::string metrics = ask("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("duel_request_duration_seconds_count 15\n"));
  EXPECT_THAT(metrics, HasSubstr("duel_request_duration_seconds_bucket{le=\"+Inf\"} 15\n"));
}

TEST_P(AdminPort, CountsOpenConnections) {
  begin();
  {
    std::vector<Client> clients;
    for (int i = 0; i < 7; ++i) {
      clients.emplace_back(port());
      EXPECT_EQ(clients.back().get("/ping").status(), 200);
    }
    EXPECT_EQ(vars().at("connections_open"), 7);
  }
  EXPECT_TRUE(eventually([&] { return vars().at("connections_open") == 0; }));
}

TEST_P(AdminPort, CountsFromZeroAfterAReset) {
  begin();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Client(port()).get("/ping").status(), 200);
  const uint64_t rss = vars().at("memory").at("rss_bytes");
  nlohmann::json json;
  std::string not_zero;
  const auto all_are_zero = [&] {
    EXPECT_EQ(Client(admin_).roundtrip(request("POST", "/debug/reset", "Content-Length: 0\r\n")).status(), 200);
    json = vars();
    not_zero.clear();
    for (const auto& [name, value] : json.at("total").items()) {
      if (!value.is_null() && value != 0) not_zero += name + " ";
    }
    return not_zero.empty();
  };
  EXPECT_TRUE(eventually(all_are_zero)) << not_zero;  // a worker can still be closing the last connection
  EXPECT_GT(json.at("memory").at("rss_bytes"), rss / 2) << "a level does not change at a reset";
  EXPECT_EQ(Client(port()).get("/nowhere").status(), 404);
  json = vars();
  EXPECT_EQ(json.at("total").at("requests"), 1);
  EXPECT_EQ(json.at("total").at("responses_4xx"), 1);
  EXPECT_THAT(ask("/metrics").body, HasSubstr("duel_request_duration_seconds_count 1\n"));
  EXPECT_EQ(server().snapshot().at("requests"), 11U) << "the stats file counts from the start";
  EXPECT_THAT(ask("/metrics").body, HasSubstr("duel_route_requests_total{route=\"/ping\"} 10\n"))
      << "counters of routes are not reset";
}

TEST_P(AdminPort, KeepsAHistory) {
  begin();
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(Client(port()).get("/ping").status(), 200);
    const nlohmann::json history = nlohmann::json::parse(ask("/debug/history").body);
    uint64_t requests = 0;
    for (const uint64_t one : history.at("requests")) requests += one;
    return requests > 0 && history.at("timestamp_ms").size() >= 2;
  }));
  const nlohmann::json history = nlohmann::json::parse(ask("/debug/history").body);
  const size_t samples = history.at("timestamp_ms").size();
  for (const char* name : {"took_ms", "connections_open", "requests", "allocations", "allocated_bytes", "rss_bytes",
                           "purge_calls", "purge_total_ns", "longest_stall_ns"}) {
    EXPECT_EQ(history.at(name).size(), samples) << name;
  }
  EXPECT_GT(history.at("rss_bytes").back(), 0);
  const std::string newest = std::to_string(history.at("timestamp_ms").back().get<uint64_t>());
  const nlohmann::json later = nlohmann::json::parse(ask("/debug/history?since=" + newest).body);
  EXPECT_LE(later.at("timestamp_ms").size(), 3U);
}

TEST_P(AdminPort, SaysNotReadyWhileDraining) {
  begin({"--drain-timeout=20s"});
  Client busy(port());
  busy.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
  synchronise();
  EXPECT_EQ(ask("/readyz").status(), 200);
  server().process().signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return ask("/readyz").status() == 503; }));
  EXPECT_EQ(ask("/healthz").status(), 200);
  EXPECT_EQ(ask("/metrics").status(), 200);
  busy.send("cd");
  EXPECT_EQ(busy.receive().body, "abcd");
  EXPECT_EQ(server().process().wait(), 0);
}

TEST_P(AdminPort, ServesManyAndSlowClients) {
  begin();
  std::vector<Client> slow;
  for (int i = 0; i < 40; ++i) {
    slow.emplace_back(admin_);
    slow.back().send("GET /metr");
  }
  EXPECT_EQ(ask("/healthz").status(), 200);
  std::vector<Client> many;
  for (int i = 0; i < 100; ++i) many.emplace_back(admin_);
  EXPECT_EQ(Client(port()).get("/ping").body, "pong") << "the server has its own slots";
  int turned_away = 0;
  for (Client& client : many) turned_away += client.roundtrip(request("GET", "/healthz")).status() == 503 ? 1 : 0;
  EXPECT_GT(turned_away, 0);
  many.clear();
  for (Client& client : slow) client.send("ics HTTP/1.1\r\nHost: " + at() + "\r\n\r\n");
  for (Client& client : slow) EXPECT_EQ(client.receive().status(), 200);
}

// The workers do no work for the admin port.
TEST_P(AdminPort, DoesNotWakeAnIdleServer) {
  begin();
  Client client(port());
  EXPECT_EQ(client.get("/ping").status(), 200);
  const uint64_t before = vars().at("total").at("ring_enters");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(ask("/metrics").status(), 200);
  EXPECT_LE(vars().at("total").at("ring_enters"), before + 2) << "the last answer can cause an iteration after it";
}

DUEL_ALL_STYLES(AdminPort);

TEST(AdminPorts, TwoServersStartWithDefaults) {
  // The default port can be in use already. In any case, the second server takes a free port.
  Process one({server_binary(), "--no-config", "--host=127.0.0.1", "--port=0"});
  Process two({server_binary(), "--no-config", "--host=127.0.0.1", "--port=0", "--router=beego"});
  const uint16_t ports[] = {port_after(kAdminUrl, one.read_line()), port_after(kAdminUrl, two.read_line())};
  for (const uint16_t port : ports) {
    ASSERT_NE(port, 0);
    EXPECT_EQ(Client(port).roundtrip(request("GET", "/readyz")).status(), 200);
  }
  EXPECT_NE(ports[0], ports[1]);
  for (Process* process : {&one, &two}) {
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(), 0);
  }
}

TEST(AdminPorts, ANamedPortThatIsInUseEndsTheStart) {
  ServerProcess first("gin", {"--admin-port=any"});
  const std::string port = std::to_string(first.admin_port());
  const Ended second = run({"--host=127.0.0.1", "--port=0", "--admin-port=" + port});
  expect_refusal(second, "127.0.0.1:" + port + " is in use");
  EXPECT_THAT(second.error, HasSubstr("--admin-port"));
  EXPECT_EQ(first.stop(), 0);
}

TEST(AdminPorts, CanBeOff) {
  for (const char* off : {"--admin-port=0", "--admin=off"}) {
    ServerProcess server("gin", {off});
    EXPECT_THAT(server.ready_line(), HasSubstr("admin=off"));
    EXPECT_EQ(server.stop(), 0);
  }
}

TEST(AdminPorts, RefusesBadValues) {
  for (const char* value : {"65536", "-1", "some", "60 60"}) {
    expect_refusal(run({std::string("--admin-port=") + value}), "--admin-port = '" + std::string(value) + "'");
  }
  expect_refusal(run({"--port=0", "--host=127.0.0.1", "--admin-host=nowhere"}), "--admin-host");
  expect_refusal(run({"--port=0", "--host=127.0.0.1", "--admin-host=192.0.2.1"}), "192.0.2.1");
}

}  // namespace
}  // namespace duel::e2e
