#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>

#include "http/core/listener.h"
#include "tests/e2e/conformance.h"

namespace duel::e2e {
namespace {

// A server that gives one answer, whatever it is asked, and closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string_view answer) : thread_([this, answer] { serve(answer); }) {}
  ~OneAnswer() { thread_.join(); }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  uint16_t port() const { return listener_.port(); }

 private:
  void serve(std::string_view answer) const {
    const int client = ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
    char bytes[512];
    EXPECT_GT(::recv(client, bytes, sizeof bytes, 0), 0);
    EXPECT_EQ(::send(client, answer.data(), answer.size(), MSG_NOSIGNAL), static_cast<ssize_t>(answer.size()));
    ::close(client);
  }

  http::core::Listener listener_{"127.0.0.1", 0, false};
  std::thread thread_;
};

// What the judge says about a server that gives this answer.
std::string judged(std::string_view answer, std::vector<std::string> expect, bool lenient) {
  const OneAnswer server(answer);
  Case wanted;
  wanted.steps.push_back({.send = "GET /ping HTTP/1.1\r\n\r\n", .expect = std::move(expect)});
  return judge(wanted, {.port = server.port(), .workers = 1, .lenient = lenient}, Pieces::kWhole);
}

constexpr std::string_view kForbidden = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

TEST(Judge, LenientTakesEveryRefusal) {
  for (const std::string_view answer : {kForbidden, std::string_view()}) {
    EXPECT_EQ(judged(answer, {"400,501", "close"}, true), "");
    EXPECT_NE(judged(answer, {"400,501", "close"}, false), "");
  }
}

TEST(Judge, LenientTakesNoOtherAnswer) {
  EXPECT_NE(judged("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {"400", "close"}, true), "");
  EXPECT_NE(judged(kForbidden, {"200,400"}, true), "") << "200 would be right";
  EXPECT_NE(judged("", {"405", "+Allow"}, true), "");
  EXPECT_NE(judged("", {"200"}, true), "");
  EXPECT_NE(judged("HTTP/1.1 40", {"400"}, true), "") << "half a head";
}

}  // namespace
}  // namespace duel::e2e
