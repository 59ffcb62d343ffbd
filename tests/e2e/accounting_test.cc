#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "http/limits.h"
#include "tests/e2e/fixture.h"

// The costs of a request for the whole server: system calls, allocations, memory. No test here measures time.
namespace duel::e2e {
namespace {

class Accounting : public EndToEnd {
 protected:
  Snapshot difference(const std::function<void()>& load) {
    const Snapshot before = server().snapshot();
    load();
    Snapshot after = server().snapshot();
    for (auto& [name, value] : after) value -= before.at(name);
    return after;
  }

  void pipeline(Client& client, const std::string& request, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += request;
    client.send(all);
    for (int i = 0; i < times; ++i) client.receive();
  }
};

TEST_P(Accounting, CountsWhatHappened) {
  start();
  const Snapshot counted = difference([&] {
    Client client(port());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(client.get("/ping").status(), 200);
    EXPECT_EQ(client.get("/nowhere").status(), 404);
    EXPECT_EQ(client.roundtrip("GET / HTTP/1.1\r\n\r\n").status(), 400);
  });
  EXPECT_EQ(counted.at("connections"), 1U);
  EXPECT_EQ(counted.at("requests"), 11U);
  EXPECT_EQ(counted.at("responses_4xx"), 2U);
  EXPECT_EQ(counted.at("responses_5xx"), 0U);
  EXPECT_EQ(counted.at("bytes_received"),
            10 * get_request("/ping").size() + get_request("/nowhere").size() + sizeof("GET / HTTP/1.1\r\n\r\n") - 1);
  EXPECT_GT(counted.at("bytes_sent"), 11U * 50);
}

// A batch of pipelined requests needs a few system calls, not a few per request.
TEST_P(Accounting, SystemCallsOfAPipeline) {
  start();
  Client client(port());
  const Snapshot counted = difference([&] {
    for (int i = 0; i < 20; ++i) pipeline(client, get_request("/ping"), 500);
  });
  EXPECT_EQ(counted.at("requests"), 10'000U);
  EXPECT_LT(counted.at("ring_enters"), 1'000U);
}

// Without pipelining: one io_uring_enter(2) receives from many connections and sends to many.
TEST_P(Accounting, SystemCallsOfManyConnections) {
  start({"--threads=1"});  // each further worker would add its own io_uring_enter(2) calls
  std::vector<Client> clients;
  for (int i = 0; i < 256; ++i) clients.emplace_back(port());
  const Snapshot counted = difference([&] {
    for (int round = 0; round < 20; ++round) {
      server().process().stop();
      for (Client& client : clients) client.send(get_request("/ping"));
      server().process().signal(SIGCONT);
      for (Client& client : clients) ASSERT_EQ(client.receive().status(), 200);
    }
  });
  EXPECT_EQ(counted.at("requests"), 20U * 256);
  EXPECT_LT(counted.at("ring_enters"), 20U * 256 / 4);
}

TEST_P(Accounting, AnIdleServerSleeps) {
  start();
  Client client(port());
  EXPECT_EQ(client.get("/ping").status(), 200);
  const Snapshot counted = difference([&] { EXPECT_FALSE(client.readable(std::chrono::milliseconds(500))); });
  EXPECT_LT(counted.at("ring_enters"), 10U);
}

struct Kind {
  const char* name;
  std::string request;
};

const Kind kKinds[] = {
    {"ping", get_request("/ping")},
    {"json", get_request("/json")},
    {"list", get_request("/list/100")},
    {"user", get_request("/api/v1/user/7")},
    {"query and fields", get_request("/ping?a=b&c=d", "User-Agent: test\r\nAccept: */*\r\nCookie: a=b\r\n")},
    {"GitHub, no parameter", get_request("/events")},
    {"GitHub, four parameters", get_request("/repos/octocat/hello/git/refs")},
    {"GitHub, DELETE", "DELETE /repos/octocat/hello/keys/7 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"HEAD", "HEAD /json HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"echo", post_request("/echo", std::string(500, 'e'))},
    {"echo in chunks", chunked_request("/echo", std::string(500, 'e'), 50)},
    {"not found", get_request("/nowhere/at/all")},
};

class Allocations : public Accounting {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "the sanitizer has its own malloc, whose calls are not counted";
    start({"--count-allocations=on"});
    if (!server().snapshot().contains("allocations")) GTEST_SKIP() << "this server does not run on jemalloc";
  }

  // Sends the request many times: one after the other, pipelined, and split into two pieces.
  void load(Client& client, const Kind& kind) {
    const bool head = kind.request.starts_with("HEAD");
    for (int i = 0; i < 100; ++i) client.roundtrip(kind.request, head);
    for (int i = 0; i < 5 && !head; ++i) pipeline(client, kind.request, 16);
    for (int i = 0; i < 20; ++i) {
      client.send(kind.request.substr(0, kind.request.size() / 2));
      synchronise();
      client.roundtrip(kind.request.substr(kind.request.size() / 2), head);
    }
  }
};

TEST_P(Allocations, AreNoneInTheGinStyle) {
  if (GetParam() != "gin") GTEST_SKIP() << "the Beego style allocates, see its test";
  Client client(port());
  for (const Kind& kind : kKinds) {
    load(client, kind);
    const Snapshot counted = difference([&] { load(client, kind); });
    EXPECT_EQ(counted.at("allocations"), 0U) << kind.name;
    EXPECT_EQ(counted.at("allocated_bytes"), 0U) << kind.name;
    EXPECT_GE(counted.at("requests"), 120U);
  }
}

// This also shows that allocations are counted at all.
TEST_P(Allocations, AreSomeInTheBeegoStyle) {
  if (GetParam() != "beego") GTEST_SKIP() << "the Gin style allocates nothing, see its test";
  Client client(port());
  for (const Kind& kind : kKinds) {
    load(client, kind);
    const Snapshot counted = difference([&] { load(client, kind); });
    EXPECT_GE(counted.at("allocations"), counted.at("requests")) << kind.name;
    EXPECT_GT(counted.at("allocated_bytes"), 0U) << kind.name;
  }
}

class Memory : public Accounting {
 protected:
  void SetUp() override {
    if (kSanitized) GTEST_SKIP() << "the sanitizer has its own memory";
  }
};

TEST_P(Memory, OfAnIdleConnectionIsAtMostAKibibyte) {
  constexpr rlim_t kConnections = 10'000;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < kConnections + 500) {
    GTEST_SKIP() << "needs " << kConnections + 500 << " open files, the hard limit is " << limit.rlim_max;
  }
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  start();
  {
    std::vector<Client> first;  // causes the one-time allocations before the measurement
    for (int i = 0; i < 100; ++i) {
      first.emplace_back(port());
      ASSERT_EQ(first.back().get("/ping").status(), 200);
    }
  }
  synchronise();
  const uint64_t before = server().status("VmRSS");
  std::vector<Client> idle;
  for (rlim_t i = 0; i < kConnections; ++i) {
    idle.emplace_back(port(), Client::Options{.source = static_cast<int>(1 + i % 100)});
    if (i % 2 == 0) {
      ASSERT_EQ(idle.back().get("/ping").status(), 200);
    }
  }
  synchronise();
  const uint64_t after = server().status("VmRSS");
  RecordProperty("growth_kib", std::to_string(after - before));
  EXPECT_LE((after - before) * 1024 / kConnections, kStatic ? 137U : 1024U) << "bytes per connection";
  if (kStatic && GetParam() == "gin") {
    EXPECT_LE(server().status("VmHWM"), 6'000U) << "KiB of the process";
  }
  for (size_t i = 0; i < idle.size(); i += 100) ASSERT_EQ(idle[i].get("/ping").body, "pong");
  for (Client& client : idle) client.reset();
}

TEST_P(Memory, IsNotInHugePages) {
  start();
  EXPECT_EQ(server().status("THP_enabled"), 0U);
}

// The bounds are for the program that is shipped: linked statically, functions that are called side by side.
class ResidentMemory : public Memory {
 protected:
  void SetUp() override {
    if (!kStatic) GTEST_SKIP() << "the bounds are for a release build that is linked statically";
    start({"--threads=1", "--no-config=true"});  // each worker has its own buffers
  }

  // The maximum over the life of the server.
  void expect_peak_kib(uint64_t bound) {
    const uint64_t peak = server().status("VmHWM");
    RecordProperty("peak_kib", std::to_string(peak));
    EXPECT_LE(peak, bound) << "KiB";
  }

  // Makes the worker add its last receive buffers, and fills all of them. Some kernels deliver few completions per
  // iteration of the loop, but up to 32 per socket. So some clients have more than 32 buffers of bytes for the worker,
  // which discards them, because they follow the last request of a connection.
  void use_all_receive_buffers() {
    using namespace http::limits;
    static_assert(2 * kReceiveBuffersAtStart == kReceiveBuffers, "the first lack of buffers adds the last buffers");
    const std::string bytes =
        get_request("/ping", "Connection: close\r\n") + std::string(kPerSocket * kReceiveBufferBytes, 'x');
    std::vector<Client> clients;
    for (unsigned i = 0; i < 2 * kReceiveBuffers / kPerSocket; ++i) clients.emplace_back(port());
    synchronise();
    server().process().stop();
    for (Client& client : clients) client.send(bytes);
    server().process().signal(SIGCONT);
    for (Client& client : clients) ASSERT_EQ(client.receive().status(), 200);
  }

  static constexpr unsigned kPerSocket = 32;
};

TEST_P(ResidentMemory, OfTheStart) {
  expect_peak_kib(GetParam() == "gin" ? 4'000 : 5'400);
}

TEST_P(ResidentMemory, AtRest) {
  const uint64_t bound = GetParam() == "gin" ? 3'300 : 3'800;
  // The server gives the pages of its start back after it has printed its first line: a few requests may be faster.
  constexpr int kRequests = 100;
  uint64_t resident = UINT64_MAX;
  for (int i = 0; i < kRequests && resident > bound; ++i) {
    ASSERT_EQ(Client(port()).get("/ping").status(), 200);
    resident = server().status("VmRSS");
  }
  RecordProperty("resident_kib", std::to_string(resident));
  EXPECT_LE(resident, bound) << "KiB";
}

TEST_P(ResidentMemory, WithFiveHundredTwelveBusyConnections) {
  use_all_receive_buffers();
  std::vector<Client> clients;
  for (int i = 0; i < 512; ++i) clients.emplace_back(port());
  for (int round = 0; round < 10; ++round) {
    server().process().stop();
    for (Client& client : clients) client.send(get_request(round % 2 == 0 ? "/ping" : "/json"));
    server().process().signal(SIGCONT);
    for (Client& client : clients) ASSERT_EQ(client.receive().status(), 200);
  }
  expect_peak_kib(GetParam() == "gin" ? 4'394 : 6'000);  // 4'394 KiB are 4.5 MB
  EXPECT_GT(server().snapshot().at("no_buffers"), 0U) << "the worker has not used all receive buffers";
}

DUEL_BOTH_ROUTERS(Accounting);
DUEL_BOTH_ROUTERS(Allocations);
DUEL_BOTH_ROUTERS(Memory);
DUEL_BOTH_ROUTERS(ResidentMemory);

}  // namespace
}  // namespace duel::e2e
