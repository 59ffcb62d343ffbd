#include <sys/wait.h>

#include <csignal>
#include <string>
#include <tuple>

#include "tests/e2e/fixture.h"

// In each test one timeout is short and the others are long, so that only this one can end the connection.
namespace duel::e2e {
namespace {

using namespace std::chrono_literals;

class Timeouts : public EndToEnd {
 protected:
  // Starts a server whose timeout of this name is 200 ms.
  void start_with(const std::string& limit) {
    std::vector<std::string> arguments;
    for (const std::string flag : {"--header-timeout", "--body-timeout", "--idle-timeout", "--write-timeout"}) {
      arguments.push_back(flag + (flag == limit ? "=200ms" : "=600s"));
    }
    start(arguments);
  }

  static void expect_408(Client& client) {
    const Reply reply = client.receive();
    EXPECT_EQ(reply.status(), 408);
    EXPECT_EQ(reply.field("Connection"), "close");
    EXPECT_EQ(client.receive_to_end(), "");
  }

  // Sends one byte at a time, with pauses, until an answer arrives.
  static void drip(Client& client, std::string_view bytes) {
    while (!client.readable(20ms) && !bytes.empty()) {
      client.send(bytes.substr(0, 1));
      bytes.remove_prefix(1);
    }
  }
};

TEST_P(Timeouts, OfAHeadThatStops) {
  start_with("--header-timeout");
  Client client(port());
  client.send("GET /ping HTTP/1.1\r\nHo");
  expect_408(client);
}

// Slowloris: each byte arrives soon, but the head does not complete in time.
TEST_P(Timeouts, OfAHeadThatDrips) {
  start_with("--header-timeout");
  Client client(port());
  drip(client, "GET /ping HTTP/1.1\r\nHost: a\r\nX: " + std::string(10'000, 'x'));
  expect_408(client);
}

TEST_P(Timeouts, OfAHeadAfterAnAnswer) {
  start_with("--header-timeout");
  Client client(port());
  client.send(get_request("/ping") + "GET /ping HT");
  EXPECT_EQ(client.receive().body, "pong");
  expect_408(client);
}

TEST_P(Timeouts, OfABodyThatStops) {
  start_with("--body-timeout");
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  expect_408(client);
}

TEST_P(Timeouts, OfABodyThatDrips) {
  start_with("--body-timeout");
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  drip(client, std::string(10'000, 'b'));
  expect_408(client);
}

TEST_P(Timeouts, OfAChunkedBodyThatDrips) {
  start_with("--body-timeout");
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunks;
  for (int i = 0; i < 2'000; ++i) chunks += "1\r\nx\r\n";
  drip(client, chunks);
  expect_408(client);
}

TEST_P(Timeouts, OfABodyAfter100Continue) {
  start_with("--body-timeout");
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(client.receive().status(), 100);
  expect_408(client);
}

// RFC 9112 §9.5: an idle connection is closed without an answer.
TEST_P(Timeouts, OfIdleness) {
  start_with("--idle-timeout");
  Client silent(port());
  EXPECT_EQ(silent.receive_to_end(), "");
  Client used(port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(used.get("/ping").body, "pong");
  EXPECT_EQ(used.receive_to_end(), "");
}

TEST_P(Timeouts, IdlenessCountsFromTheLastAnswer) {
  start({"--idle-timeout=2s"});
  Client client(port());
  for (int i = 0; i < 8; ++i) {  // 2.4 s in total, which is longer than the limit
    ASSERT_EQ(client.wait_for_end(300ms), Ending::kStillOpen);
    ASSERT_EQ(client.get("/ping").body, "pong");
  }
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

// A client that reads nothing for the duration of the timeout is disconnected, and its answer is not completed.
TEST_P(Timeouts, OfAnAnswerThatIsNotRead) {
  TemporaryDirectory directory;
  const auto file = directory.write("large.bin", "");
  std::filesystem::resize_file(file, 64U << 20U);
  start({"--write-timeout=200ms", "--static-dir=" + directory.path().string()});
  const size_t before = server().open_descriptors();
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(get_request("/static/large.bin"));
  ASSERT_TRUE(client.readable(kPatience));
  EXPECT_TRUE(eventually([&] { return server().open_descriptors() <= before; })) << "the connection is still open";
  EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
  EXPECT_LT(client.pending().size(), 64U << 20U);
}

TEST_P(Timeouts, NotOfAnAnswerThatIsReadSlowly) {
  start({"--write-timeout=1s", "--max-body=20M"});
  const std::string body(20U << 20U, 'b');
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(post_request("/echo", body));
  // The client reads for longer than the limit in total, but its pauses are shorter than the limit.
  for (int i = 0; i < 8; ++i) {
    ASSERT_TRUE(client.receive_piece());
    std::ignore = Client(port()).readable(200ms);
  }
  EXPECT_TRUE(client.receive().body == body);
}

// The client reads on and on, but more slowly than it must: so few bytes at once that it never has all that was sent,
// even if the server gets little CPU time. The same with each kind of answer is in
// tests/http/core/fault/time_limits_test.cc.
TEST_P(Timeouts, OfAnAnswerThatIsReadTooSlowly) {
  TemporaryDirectory directory;
  std::filesystem::resize_file(directory.write("large.bin", ""), 64U << 20U);
  start({"--write-timeout=200ms", "--min-write-rate=1g", "--static-dir=" + directory.path().string()});
  const size_t before = server().open_descriptors();
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(get_request("/static/large.bin"));
  EXPECT_TRUE(eventually([&] {
    client.receive_piece(16);
    return server().open_descriptors() <= before;
  })) << "the connection is still open";
  EXPECT_LT(client.pending().size(), 64U << 20U);
}

// A process that was stopped (by a suspended machine or a debugger) finds that a deadline has passed and that the
// awaited bytes have arrived, at the same time. Every request must get exactly one answer.
class StoppedProcess : public Timeouts {
 protected:
  // Stops the process, sends, waits until the limit of 200 ms has passed, and continues the process.
  void send_too_late(Client& client, const std::string& bytes) {
    server().process().signal(SIGSTOP);
    siginfo_t stopped{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(server().pid()), &stopped, WSTOPPED), 0);
    client.send(bytes);
    EXPECT_FALSE(client.readable(400ms));
    server().process().signal(SIGCONT);
  }

  // The client must receive one response or one refusal.
  static void expect_one_answer(Client& client, int refusal) {
    const Reply reply = client.receive();
    EXPECT_TRUE(reply.status() == 200 || reply.status() == refusal) << reply.status();
    if (reply.status() == 200) {
      EXPECT_EQ(client.get("/api/v1/user/2").body, "2") << "an answer of another request follows";
    }
  }
};

TEST_P(StoppedProcess, AnswersAHeadOnce) {
  start_with("--header-timeout");
  Client client(port());
  client.send("GET /ping HTTP/1.1\r\n");
  synchronise();
  send_too_late(client, "Host: a\r\n\r\n");
  expect_one_answer(client, 408);
}

TEST_P(StoppedProcess, AnswersABodyOnce) {
  start_with("--body-timeout");
  Client client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nhe");
  synchronise();
  send_too_late(client, "re");
  expect_one_answer(client, 408);
}

TEST_P(StoppedProcess, AnswersAfterIdleness) {
  start_with("--idle-timeout");
  Client client(port());
  EXPECT_EQ(client.get("/ping").body, "pong");
  send_too_late(client, get_request("/json"));
  EXPECT_EQ(client.receive().status(), 200) << "the request had arrived when the process continued";
}

DUEL_BOTH_ROUTERS(Timeouts);
DUEL_BOTH_ROUTERS(StoppedProcess);

}  // namespace
}  // namespace duel::e2e
