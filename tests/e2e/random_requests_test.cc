// Sends random requests to every route of the demo. The routes come from /debug/routes, so a new route is tested
// without a change of this file. A client's mistake is never a 5xx, every request gets its answer, and the server
// survives.
//
// DUEL_SEED=N sends only the request with this number (a failure prints it), DUEL_REQUESTS=N sends more than the
// default.

#include "tests/e2e/random_requests.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

// The patterns of all routes. The names in parentheses are accounts for work without a route.
std::vector<std::string> read_patterns(uint16_t admin_port) {
  const auto report =
      nlohmann::json::parse(Client(admin_port).roundtrip("GET /debug/routes HTTP/1.1\r\nHost: localhost\r\n\r\n").body);
  std::vector<std::string> patterns = report.at("patterns").get<std::vector<std::string>>();
  std::erase_if(patterns, [](const std::string& name) { return !name.starts_with('/'); });
  return patterns;
}

void send(Client& client, const RandomRequest& request) {
  const std::string bytes = request.bytes();
  size_t sent = 0;
  for (const size_t end : request.piece_ends) {
    client.send(std::string_view(bytes).substr(sent, end - sent));
    sent = end;
  }
  client.send(std::string_view(bytes).substr(sent));
  if (request.shuts_down) client.shut_down_sending();
}

class RandomRequests : public EndToEnd {
 protected:
  void start_and_ask(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin-port=any", "--max-body=16k", "--scenario=leak-fixed",
                                       "--static-dir=" + directory_.path().string()});
    directory_.write("file.txt", "0123456789");
    directory_.write("folder/index.html", "<p>");
    start(arguments);
    const std::vector<std::string> patterns = read_patterns(admin_port());
    ASSERT_GE(patterns.size(), 100U);
    const uint64_t failed_before = server().snapshot().at("responses_5xx");
    const uint64_t only = number_from("DUEL_SEED", 0);
    const uint64_t count = only != 0 ? 1 : number_from("DUEL_REQUESTS", 2'000);
    for (uint64_t i = 0; i < count && server().process().running(); ++i) ask(only != 0 ? only : i + 1, patterns);
    ASSERT_TRUE(server().process().running());
    EXPECT_EQ(server().snapshot().at("responses_5xx") - failed_before, unknown_methods_);
    if (only != 0) return;
    EXPECT_GT(answers_[2], count / 20) << "too few requests reach a handler";
    EXPECT_GT(answers_[4], count / 20);
  }

 private:
  uint16_t admin_port() {
    const std::string& line = server().ready_line();
    constexpr std::string_view kAdmin = "admin=http://127.0.0.1:";
    return static_cast<uint16_t>(std::stoi(line.substr(line.find(kAdmin) + kAdmin.size())));
  }

  void ask(uint64_t seed, const std::vector<std::string>& patterns) {
    http::testing::Choices choices(seed);
    const RandomRequest request = make_random_request(choices, patterns);
    std::string wrong;
    try {
      wrong = answer_to(request);
    } catch (const std::exception& lost) {
      wrong = lost.what();
    }
    if (!wrong.empty()) {
      ADD_FAILURE() << "DUEL_SEED=" << seed << ": " << wrong << "\n" << command_that_sends(request.bytes());
    }
  }

  // Describes the error in the answer to the request; empty if there is none.
  std::string answer_to(const RandomRequest& request) {
    Client client(port());
    send(client, request);
    Reply reply = client.receive(request.method == "HEAD");
    while (reply.status() < 200) reply = client.receive(request.method == "HEAD");
    ++answers_[static_cast<size_t>(reply.status() / 100)];
    if (reply.status() == 501 && !request.method_is_known) {
      ++unknown_methods_;
    } else if (reply.status() >= 500) {
      return reply.head.status_line + ": " + reply.body.substr(0, 200);
    }
    if (request.shuts_down || reply.field("Connection") == "close") {
      const std::string rest = client.receive_to_end();
      return rest.empty() ? "" : "bytes after the last answer: " + rest.substr(0, 200);
    }
    return {};
  }

  TemporaryDirectory directory_;
  uint64_t unknown_methods_ = 0;
  std::array<uint64_t, 10> answers_{};  // by class of their status
};

TEST_P(RandomRequests, AreAnsweredWithoutA5xx) {
  start_and_ask({});
}

TEST_P(RandomRequests, AreAnsweredWithoutA5xxWithEveryOption) {
  start_and_ask({"--copy-request-body=on", "--gzip=on", "--gzip-methods=GET,POST,PUT", "--access-logs=on",
                 "--access-logs-file=/dev/null", "--beego-context=pooled", "--pool=off", "--session-provider=sqlite",
                 "--account-phases=on"});
}

TEST_P(RandomRequests, AreAnsweredWithoutA5xxWithXsrf) {
  start_and_ask({"--xsrf=on", "--xsrf-key=0123456789abcdef"});
}

DUEL_BOTH_ROUTERS(RandomRequests);

}  // namespace
}  // namespace duel::e2e
