#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <exception>
#include <filesystem>
#include <latch>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "http/server.h"
#include "tests/e2e/client.h"

// The one test that has the server in its own process: it takes a ring away.
namespace duel::e2e {
namespace {

class Pong : public http::Handler {
 public:
  void handle(const http::Request&, http::Response& response) override { response.end("pong"); }
};

// The descriptors of this process that are rings.
std::vector<int> rings() {
  std::vector<int> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;  // the one that reads this folder
    if (std::filesystem::read_symlink(entry, gone) == "anon_inode:[io_uring]") {
      found.push_back(std::stoi(entry.path().filename()));
    }
  }
  return found;
}

// A ring is lost under a worker: the server says so and ends, and what the other worker has begun is finished.
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
  // Half a request on each of many connections: both workers have some.
  constexpr int kClients = 40;
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back(server.port());
    ASSERT_EQ(clients.back().get("/").body, "pong");
    clients.back().send("GET / HTTP/1.1\r\nHo");
  }
  ASSERT_EQ(rings().size(), 2U);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(::dup3(nothing, rings().front(), O_CLOEXEC), 0);
  ::close(nothing);
  int answered = 0;
  for (Client& client : clients) {
    try {
      client.send("st: a\r\n\r\n");
      answered += client.receive().body == "pong" ? 1 : 0;
    } catch (const std::exception&) {  // of the worker that lost its ring
      EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
    }
    client.close();
  }
  serving.join();
  EXPECT_GT(answered, 0);
  EXPECT_LT(answered, kClients);
  ASSERT_NE(failure, nullptr);
  EXPECT_THROW(std::rethrow_exception(failure), std::system_error);
}

}  // namespace
}  // namespace duel::e2e
