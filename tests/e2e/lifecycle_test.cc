#include <atomic>
#include <csignal>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/fixture.h"

// How a server ends: it finishes the work that has begun, accepts no new work, and exits.
namespace duel::e2e {
namespace {

using namespace std::chrono_literals;

class Lifecycle : public EndToEnd {
 protected:
  // Waits until clients cannot connect any more: then the server has handled the first signal.
  bool refuses_connections() {
    return eventually([&] { return !Client::try_connect(port()); });
  }
  int end() { return server().process().wait(); }
};

TEST_P(Lifecycle, SaysWhereItListens) {
  start();
  EXPECT_TRUE(server().ready_line().starts_with("listening on http://127.0.0.1:" + std::to_string(port()) + " ("));
  EXPECT_NE(server().ready_line().find("router=" + GetParam()), std::string::npos);
}

TEST_P(Lifecycle, EndsAtOnceWithoutClients) {
  for (const int signal : {SIGTERM, SIGINT}) {
    start({"--drain-timeout=600s"});
    server().process().signal(signal);
    EXPECT_EQ(end(), 0) << server().process().standard_error();
    EXPECT_FALSE(Client::try_connect(port()));
  }
}

TEST_P(Lifecycle, ClosesIdleConnections) {
  start({"--drain-timeout=600s"});
  Client used(port());
  EXPECT_EQ(used.get("/ping").body, "pong");
  Client silent(port());
  synchronise();
  server().process().signal(SIGTERM);
  EXPECT_EQ(used.receive_to_end(), "");
  EXPECT_EQ(silent.receive_to_end(), "");
  used.close();
  silent.close();
  EXPECT_EQ(end(), 0);
}

TEST_P(Lifecycle, FinishesARequestInFlight) {
  start({"--drain-timeout=600s"});
  Client body(port());
  const std::string request = post_request("/echo", "the whole body");
  body.send(request.substr(0, request.size() - 5));
  Client head(port());
  head.send("GET /ping HTTP/1.1\r\nHo");
  synchronise();
  server().process().signal(SIGTERM);
  ASSERT_TRUE(refuses_connections());

  body.send(request.substr(request.size() - 5));
  const Reply reply = body.receive();
  EXPECT_EQ(reply.status(), 200);
  EXPECT_EQ(reply.body, "the whole body");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(body.receive_to_end(), "");
  body.close();
  EXPECT_TRUE(server().process().running()) << "one request is still in flight";

  head.send("st: a\r\n\r\n");
  EXPECT_EQ(head.receive().field("Connection"), "close");
  EXPECT_EQ(head.receive_to_end(), "");
  head.close();
  EXPECT_EQ(end(), 0);
}

TEST_P(Lifecycle, FinishesAnAnswerThatIsBeingRead) {
  TemporaryDirectory directory;
  const std::string content(8U << 20U, 'l');
  directory.write("large.bin", content);
  start({"--drain-timeout=600s", "--static-dir=" + directory.path().string()});
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(get_request("/static/large.bin"));
  ASSERT_TRUE(client.readable(kPatience));
  server().process().signal(SIGTERM);
  ASSERT_TRUE(refuses_connections());
  EXPECT_TRUE(client.receive().body == content);
  EXPECT_EQ(client.receive_to_end(), "");
  client.close();
  EXPECT_EQ(end(), 0);
}

// Requests that were sent before the signal are in the server's sockets or memory: all must be answered.
TEST_P(Lifecycle, LosesNoRequestThatCameBeforeTheSignal) {
  constexpr int kClients = 300;
  for (int round = 0; round < 5; ++round) {
    start({"--drain-timeout=600s", "--threads=2"});
    std::vector<Client> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back(port());
      ASSERT_EQ(clients.back().get("/ping").status(), 200);
    }
    for (int i = 0; i < kClients; ++i)
      clients[static_cast<size_t>(i)].send(get_request("/api/v1/user/" + std::to_string(i)));
    server().process().signal(SIGTERM);
    int lost = 0;
    for (int i = 0; i < kClients; ++i) {
      const std::string answer = clients[static_cast<size_t>(i)].receive_to_end();
      lost += answer.ends_with("\r\n\r\n" + std::to_string(i)) ? 0 : 1;
    }
    EXPECT_EQ(lost, 0) << "in round " << round;
    clients.clear();
    EXPECT_EQ(end(), 0);
  }
}

// The worker finds the signal in the same loop iteration as the requests.
TEST_P(Lifecycle, LosesNoRequestThatCameWithTheSignal) {
  constexpr int kClients = 300;
  for (int round = 0; round < 5; ++round) {
    start({"--drain-timeout=600s"});
    std::vector<Client> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back(port());
      ASSERT_EQ(clients.back().get("/ping").status(), 200);
    }
    server().process().signal(SIGSTOP);
    for (int i = 0; i < kClients; ++i) {
      if (i == kClients / 2) server().process().signal(SIGTERM);
      clients[static_cast<size_t>(i)].send(get_request("/api/v1/user/" + std::to_string(i)));
    }
    server().process().signal(SIGCONT);
    int lost = 0;
    for (int i = 0; i < kClients; ++i) {
      const std::string answer = clients[static_cast<size_t>(i)].receive_to_end();
      lost += answer.ends_with("\r\n\r\n" + std::to_string(i)) ? 0 : 1;
    }
    EXPECT_EQ(lost, 0) << "in round " << round;
    clients.clear();
    EXPECT_EQ(end(), 0);
  }
}

TEST_P(Lifecycle, EndsAtTheDrainLimit) {
  start({"--drain-timeout=300ms", "--body-timeout=600s", "--max-body=10M"});
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(port());
    clients.back().send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" +
                        std::string(100'000, 'b'));
  }
  synchronise();
  server().process().signal(SIGTERM);
  EXPECT_EQ(end(), 0) << server().process().standard_error();
  for (Client& client : clients) EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
}

TEST_P(Lifecycle, TheSecondSignalEndsItAtOnce) {
  for (const int second : {SIGTERM, SIGINT}) {
    start({"--drain-timeout=600s", "--body-timeout=600s"});
    Client client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    synchronise();
    server().process().signal(SIGTERM);
    ASSERT_TRUE(refuses_connections());
    EXPECT_TRUE(server().process().running());
    server().process().signal(second);
    EXPECT_LT(end(), 128) << "ended, not killed";
    EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
  }
}

// A signal that the server does not use must not prevent its end.
TEST_P(Lifecycle, OtherSignalsDoNotDisturbIt) {
  start();
  for (const int signal : {SIGPIPE, SIGCHLD, SIGCONT, SIGURG, SIGWINCH}) server().process().signal(signal);
  EXPECT_EQ(Client(port()).get("/ping").body, "pong");
  EXPECT_EQ(server().stop(), 0);
}

TEST_P(Lifecycle, ItsInternalSignalMayComeFromOutside) {
  start();
  server().process().signal(SIGUSR2);
  EXPECT_TRUE(eventually([&] {
    const auto client = Client::try_connect(port());
    return client.has_value() || !server().process().running();
  }));
  server().snapshot();  // later signals are still handled
  EXPECT_EQ(server().stop(), 0);
}

// Clients that send requests as long as a server listens, with one connection per request or one for all. During a
// restart, a connect may be refused, but no connection may end without the answer to a sent request.
class Customers {
 public:
  explicit Customers(uint16_t port) : port_(port) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([this] { serve_me([](int) { return false; }); });
      threads_.emplace_back([this] { serve_me([](int asked) { return asked % 50 != 0; }); });
    }
  }
  ~Customers() { leave(); }

  bool have_got(uint64_t answers) const { return answers_ >= answers || lost_ > 0; }
  uint64_t answers() const { return answers_; }
  uint64_t lost() const { return lost_; }
  void leave() {
    leaving_ = true;
    threads_.clear();  // joins
  }

 private:
  template <typename StaysOpen>
  void serve_me(StaysOpen stays_open) {
    int asked = 0;
    while (!leaving_) {
      std::optional<Client> client = Client::try_connect(port_);
      while (client && !leaving_) {
        try {
          const std::string id = std::to_string(++asked);
          const Reply reply = client->get("/api/v1/user/" + id);
          (reply.body == id ? answers_ : lost_) += 1;
          if (!stays_open(asked) || reply.field("Connection") == "close") client = std::nullopt;
        } catch (const std::exception&) {
          ++lost_;
          client = std::nullopt;
        }
      }
    }
  }

  uint16_t port_;
  std::atomic<bool> leaving_ = false;
  std::atomic<uint64_t> answers_ = 0;
  std::atomic<uint64_t> lost_ = 0;
  std::vector<std::jthread> threads_;
};

TEST_P(Lifecycle, ARestartUnderLoadLosesNothing) {
  start({"--threads=4", "--drain-timeout=600s"});
  const uint16_t used = port();
  Customers customers(used);
  for (int round = 0; round < 3; ++round) {
    const uint64_t before = customers.answers();
    ASSERT_TRUE(eventually([&] { return customers.have_got(before + 300); }));
    server().process().signal(SIGTERM);
    ASSERT_EQ(end(), 0) << server().process().standard_error();
    start({"--threads=4", "--drain-timeout=600s", "--port=" + std::to_string(used)});
  }
  customers.leave();
  EXPECT_EQ(customers.lost(), 0U) << "of " << customers.answers();
}

TEST_P(Lifecycle, ThePortIsFreeAgainAtOnce) {
  start();
  const uint16_t used = port();
  Client client(used);
  EXPECT_EQ(client.get("/ping").body, "pong");
  server().process().signal(SIGKILL);
  EXPECT_EQ(end(), 128 + SIGKILL);
  start({"--port=" + std::to_string(used)});
  EXPECT_EQ(Client(used).get("/ping").body, "pong");
}

DUEL_BOTH_ROUTERS(Lifecycle);

}  // namespace
}  // namespace duel::e2e
