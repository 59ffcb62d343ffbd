#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include "tests/e2e/fixture.h"

// Many clients at once, clients that read slowly, and clients that disconnect early: other clients must not be
// affected, and the server must release all of their resources.
namespace duel::e2e {
namespace {

using namespace std::chrono_literals;

constexpr rlim_t kFewDescriptors = 64;

class Clients : public EndToEnd {
 protected:
  // Whether the server returns to this number of descriptors while it serves another client.
  bool settles_at(size_t descriptors) {
    return eventually([&] { return server().open_descriptors() <= descriptors; }, [&] { synchronise(); });
  }
};

TEST_P(Clients, ThatShutDownSendingAreAnswered) {
  start();
  Client client(port());
  client.send(get_request("/ping"));
  client.shut_down_sending();
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(Clients, ThatShutDownSendingGetTheirWholePipeline) {
  start();
  std::string pipeline;
  for (int i = 0; i < 2'000; ++i) pipeline += get_request("/api/v1/user/" + std::to_string(i));
  Client client(port());
  client.send(pipeline);
  client.shut_down_sending();
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(client.receive().body, std::to_string(i));
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(Clients, ThatShutDownSendingGetTheirWholeFile) {
  TemporaryDirectory directory;
  const std::string content(3'000'000, 'f');
  directory.write("file", content);
  start({"--static-dir=" + directory.path().string()});
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(get_request("/static/file"));
  client.shut_down_sending();
  EXPECT_TRUE(client.receive().body == content);
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(Clients, ThatShutDownSendingTooEarlyAreTold) {
  start();
  for (const std::string& bytes :
       {std::string("GET /pi"), std::string("GET /ping HTTP/1.1\r\nHost: a\r\n"),
        std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"),
        std::string("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")}) {
    Client client(port());
    client.send(bytes);
    client.shut_down_sending();
    const std::string answer = client.receive_to_end();
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400 ")) << answer;
  }
}

// The last answer and the end of the connection are one packet, so that a client which has read the answer sees the end
// without waiting. Each is tried often, because two packets may arrive together, too. The end of a file may be pushed
// without the end, if an acknowledgement arrives between them.
TEST_P(Clients, WhoseConnectionEndsSeeTheEndWithTheAnswer) {
  TemporaryDirectory directory;
  directory.write("file", std::string(20'000, 'f'));  // not sent with the head
  start({"--static-dir=" + directory.path().string()});
  const std::string kLast[] = {get_request("/ping", "Connection: close\r\n"), "GET /ping HTTP/1.1\r\n\r\n",
                               get_request("/static/file", "Connection: close\r\n")};
  constexpr int kTries = 50;
  for (const std::string& request : kLast) {
    int ended = 0;
    for (int i = 0; i < kTries; ++i) {
      Client client(port());
      client.send(request);
      EXPECT_EQ(client.receive().field("Connection"), "close");
      ended += client.readable(0ms) ? 1 : 0;
    }
    EXPECT_GE(ended, &request == &kLast[2] ? kTries / 2 : kTries) << request;
  }
}

TEST_P(Clients, ThatSayNothingAndLeaveAreForgotten) {
  start();
  synchronise();
  const size_t before = server().open_descriptors();
  Client(port()).shut_down_sending();
  Client(port()).close();
  Client(port()).reset();
  EXPECT_TRUE(settles_at(before));
}

// A reset at each step of a request and of its answer.
TEST_P(Clients, ThatResetAreForgotten) {
  TemporaryDirectory directory;
  directory.write("large.bin", std::string(4U << 20U, 'l'));
  start({"--static-dir=" + directory.path().string()});
  synchronise();
  const size_t before = server().open_descriptors();
  const std::string kSteps[] = {
      "",
      "GET /ping HTT",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(30'000, 'b'),
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + std::string(30'000, 'b'),
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
      get_request("/ping"),
      get_request("/ping") + get_request("/pi"),
      get_request("/static/large.bin"),
      get_request("/static/large.bin") + get_request("/static/large.bin"),
      post_request("/echo", std::string(60'000, 'e')),
      "GET / HTTP/1.1\r\n\r\n" + std::string(10'000, 'x'),
  };
  for (int round = 0; round < 10; ++round) {
    for (const std::string& step : kSteps) {
      Client at_once(port(), {.source = 2});
      at_once.send(step);
      at_once.reset();
      Client later(port(), {.source = 2, .receive_buffer = 4'096});
      later.send(step);
      synchronise();
      later.reset();
    }
  }
  EXPECT_TRUE(settles_at(before));
}

// The kernel may not report a reset after 32 consecutive full receive buffers (seen with Linux 6.18).
TEST_P(Clients, ThatResetALargeBodyAreForgotten) {
  start({"--body-timeout=600s"});
  synchronise();
  const size_t before = server().open_descriptors();
  const std::string request = post_request("/echo", std::string(1'000'000, 'e'));
  for (int i = 0; i < 50; ++i) {
    Client client(port());
    client.send(std::string_view(request).substr(0, request.size() - 1));
    client.reset();
  }
  EXPECT_TRUE(settles_at(before));
}

TEST_P(Clients, TenThousandThatConnectAndClose) {
  start();
  synchronise();
  const size_t before = server().open_descriptors();
  for (int i = 0; i < 10'000; ++i) {
    Client client(port(), {.source = 3 + i % 50});
    if (i % 3 == 0) client.send(get_request("/ping"));
    if (i % 3 == 1) client.reset();
  }
  EXPECT_TRUE(settles_at(before));
}

TEST_P(Clients, ThatReadSlowlyDoNotHoldUpOthers) {
  TemporaryDirectory directory;
  std::string content(32U << 20U, '\0');
  for (size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>((i * 2'654'435'761U) >> 13);
  directory.write("large.bin", content);
  start({"--static-dir=" + directory.path().string()});
  synchronise();
  const uint64_t before = server().status("VmRSS");
  std::vector<Client> slow;
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(port(), Client::Options{.source = 1, .receive_buffer = 4'096});
    slow.back().send(get_request("/static/large.bin"));
    ASSERT_TRUE(slow.back().readable(kPatience));
  }
  for (int i = 0; i < 100; ++i) synchronise();
  if (!kSanitized) {
    EXPECT_LT(server().status("VmRSS") - before, 20U * 256)
        << "KiB; each slow reader needs one piece of the file, not all of it";
  }
  EXPECT_TRUE(slow.front().receive().body == content);
}

// If a client pipelines large requests and reads no answers, the server stops reading from it, so memory stays bounded.
TEST_P(Clients, ThatDoNotReadAreNotReadFrom) {
  start({"--write-timeout=600s"});
  synchronise();
  const uint64_t before = server().status("VmRSS");
  std::string pipeline;
  for (int i = 0; i < 64; ++i)
    pipeline += post_request("/echo", std::string(1'000'000, static_cast<char>('a' + i % 26)));
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  const size_t sent = client.send_until_blocked(pipeline, 300ms);
  EXPECT_LT(sent, pipeline.size()) << "the server has received everything";
  synchronise();
  if (!kSanitized) {
    EXPECT_LT(server().status("VmRSS") - before, 10'000U) << "KiB";
  }
  std::thread writer([&] { client.send(std::string_view(pipeline).substr(sent)); });
  for (int i = 0; i < 64; ++i) {
    const Reply reply = client.receive();
    EXPECT_TRUE(reply.body == std::string(1'000'000, static_cast<char>('a' + i % 26))) << "answer " << i;
  }
  writer.join();
}

TEST_P(Clients, ManyAtOnceAreAllServed) {
  start({"--threads=4"});
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      std::vector<Client> clients;
      for (int i = 0; i < 50; ++i) clients.emplace_back(port());
      for (int round = 0; round < 20; ++round) {
        for (Client& client : clients) client.send(get_request("/api/v1/user/" + std::to_string(thread * 100 + round)));
        for (Client& client : clients) right += client.receive().body == std::to_string(thread * 100 + round) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 4 * 50 * 20);
  const Snapshot counted = server().snapshot();
  EXPECT_EQ(counted.at("requests"), 4U * 50 * 20);
  EXPECT_EQ(counted.at("connections"), 4U * 50);
  EXPECT_EQ(counted.at("responses_4xx") + counted.at("responses_5xx"), 0U);
}

// More sockets become readable at once than there are receive buffers. Whether a receive finds no buffer depends on the
// kernel, which may deliver the completions in small portions. Every request must be answered in both cases.
TEST_P(Clients, ThatOutnumberTheBuffersAreAllServed) {
  start();
  std::vector<Client> clients;
  for (int i = 0; i < 2'500; ++i) clients.emplace_back(port(), Client::Options{.source = 1 + i % 50});
  synchronise();
  const std::string pipeline =
      get_request("/api/v1/user/1", "X: " + std::string(3'000, 'x') + "\r\n") + get_request("/json");
  for (int round = 0; round < 3; ++round) {
    server().process().signal(SIGSTOP);
    for (Client& client : clients) client.send(pipeline);
    server().process().signal(SIGCONT);
    for (Client& client : clients) {
      ASSERT_EQ(client.receive().body, "1");
      ASSERT_EQ(client.receive().status(), 200);
    }
  }
  RecordProperty("no_buffers", std::to_string(server().snapshot().at("no_buffers")));
}

void allow_few_descriptors() {
  const rlimit limit{.rlim_cur = kFewDescriptors, .rlim_max = kFewDescriptors};
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// No descriptor is left for a connection or a file: new clients get an error, accepted clients are served, no worker
// spins, and the server recovers.
TEST_P(Clients, MoreThanDescriptorsAreTurnedAway) {
  TemporaryDirectory directory;
  std::filesystem::resize_file(directory.write("large.bin", ""), 64U << 20U);
  start({"--static-dir=" + directory.path().string()}, allow_few_descriptors);
  Client early(port());
  EXPECT_EQ(early.get("/ping").body, "pong");
  const size_t before = server().open_descriptors();
  std::vector<Client> readers;  // each needs two descriptors
  int turned_away = 0;
  for (rlim_t i = 0; i < kFewDescriptors; ++i) {
    readers.emplace_back(port(), Client::Options{.source = 1, .receive_buffer = 4'096});
    readers.back().send(get_request("/static/large.bin"));
    ASSERT_TRUE(readers.back().receive_piece()) << "reader " << i << " receives nothing";
    if (readers.back().pending().starts_with("HTTP/1.1 200 ")) continue;
    EXPECT_TRUE(readers.back().pending().starts_with("HTTP/1.1 503 ")) << readers.back().pending();
    readers.pop_back();
    ++turned_away;
  }
  EXPECT_GE(readers.size(), 10U);
  EXPECT_GT(turned_away, 0);
  EXPECT_EQ(early.get("/ping").body, "pong");
  const uint64_t enters = server().snapshot().at("ring_enters");
  EXPECT_FALSE(early.readable(300ms));
  EXPECT_LT(server().snapshot().at("ring_enters") - enters, 100U) << "it spins";
  readers.clear();
  EXPECT_TRUE(settles_at(before));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Client(port()).get("/ping").body, "pong");
}

// The server has its maximum number of connections, and no descriptor is left.
TEST_P(Clients, BeyondAFullServerWithoutDescriptorsAreTurnedAway) {
  TemporaryDirectory directory;
  std::filesystem::resize_file(directory.write("large.bin", ""), 64U << 20U);
  // Timeouts must not free a descriptor for a client that would wait without them.
  start({"--static-dir=" + directory.path().string(), "--max-connections=32", "--idle-timeout=600s",
         "--write-timeout=600s"},
        allow_few_descriptors);
  std::vector<Client> in;
  for (int i = 0; i < 32; ++i) {
    in.emplace_back(port(), Client::Options{.source = 1, .receive_buffer = 4'096});
    ASSERT_EQ(in.back().get("/ping").body, "pong");
  }
  for (Client& reader : in) {  // each file needs one descriptor; the last request finds none left
    reader.send(get_request("/static/large.bin"));
    ASSERT_TRUE(reader.receive_piece());
  }
  EXPECT_FALSE(in.back().pending().starts_with("HTTP/1.1 200 ")) << "a descriptor is left";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Client(port()).receive().status(), 503);
  const uint64_t enters = server().snapshot().at("ring_enters");
  EXPECT_EQ(in.back().wait_for_end(300ms), Ending::kStillOpen);
  EXPECT_LT(server().snapshot().at("ring_enters") - enters, 100U) << "it spins";
  in.clear();
  EXPECT_TRUE(eventually([&] {
    Client client(port());
    return !client.readable(0ms) && client.get("/ping").status() == 200;
  }));
}

DUEL_BOTH_ROUTERS(Clients);

}  // namespace
}  // namespace duel::e2e
