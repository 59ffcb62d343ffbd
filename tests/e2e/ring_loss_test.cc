#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <latch>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "http/server.h"
#include "tests/e2e/client.h"
#include "tests/e2e/rings.h"
#include "tests/e2e/server_process.h"

// The server runs in the process of the test, which closes one of its rings.
namespace duel::e2e {
namespace {

class Pong : public http::Handler {
 public:
  void handle(const http::Request&, http::Response& response) override { response.end("pong"); }
};

// The number of sockets of this machine that listen on the port.
int listeners(uint16_t port) {
  std::array<char, 16> local;
  std::snprintf(local.data(), local.size(), "0100007F:%04X", port);
  int count = 0;
  std::ifstream sockets("/proc/self/net/tcp");
  for (std::string line; std::getline(sockets, line);) {
    std::istringstream words(line);
    std::string number;
    std::string from;
    std::string to;
    std::string state;
    words >> number >> from >> to >> state;
    count += from == local.data() && state == "0A" ? 1 : 0;
  }
  return count;
}

// The ring of one worker fails: the server reports it and ends, and the other worker finishes its requests.
TEST(RingLoss, EndsTheServerWithAnErrorAndLosesNothingOfTheOtherWorkers) {
  http::ServerOptions options;
  options.host = "127.0.0.1";
  options.port = 0;
  options.threads = 2;
  http::Server server(options, [] { return std::make_unique<Pong>(); });
  std::exception_ptr failure;
  std::latch ready(1);
  std::jthread serving([&] {
    try {
      server.run([&] { ready.count_down(); });
    } catch (...) {
      failure = std::current_exception();
    }
  });
  ready.wait();
  // Half a request on each connection. There are so many connections that each worker has some of them.
  constexpr int kClients = 40;
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(server.port());
    ASSERT_EQ(clients.back().get("/").body, "pong");
    clients.back().send("GET / HTTP/1.1\r\nHo");
  }
  ASSERT_EQ(rings().size(), 2U);
  ASSERT_EQ(listeners(server.port()), 2);
  take_away(rings().front());
  int answered = 0;
  for (Client& client : clients) {
    try {
      client.send("st: a\r\n\r\n");
      answered += client.receive().body == "pong" ? 1 : 0;
    } catch (const std::exception&) {  // the error of the worker whose ring failed
      EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
    }
    client.close();
  }
  serving.join();
  EXPECT_TRUE(eventually([&] { return listeners(server.port()) == 0; }))
      << "a client that connects now would wait forever";
  EXPECT_GT(answered, 0);
  EXPECT_LT(answered, kClients);
  ASSERT_NE(failure, nullptr);
  EXPECT_THROW(std::rethrow_exception(failure), std::system_error);
}

}  // namespace
}  // namespace duel::e2e
