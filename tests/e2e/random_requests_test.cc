// Sends random requests to every route of the demo. The routes come from /debug/routes, so a new route is tested
// without a change of this file. A client's mistake is never a 5xx, every request gets its answer, and the server
// survives.
//
// DUEL_SEED=N sends only the request with this number (a failure prints it), DUEL_REQUESTS=N sends more than the
// default.

#include "tests/e2e/random_requests.h"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

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
  void start_and_ask(const std::vector<std::string>& arguments) {
    const std::vector<std::string> patterns = start_and_list_routes(arguments);
    const uint64_t only = http::testing::number_from("DUEL_SEED", 0);
    const uint64_t count = only != 0 ? 1 : http::testing::number_from("DUEL_REQUESTS", 2'000);
    for (uint64_t i = 0; i < count && server().process().running(); ++i) {
      const uint64_t seed = only != 0 ? only : i + 1;
      http::testing::Choices choices(seed);
      ask(make_random_request(choices, patterns), "DUEL_SEED=" + std::to_string(seed));
    }
    expect_no_5xx();
    if (only != 0) return;
    EXPECT_GT(answers_[2], count / 20) << "too few requests reach a handler";
    EXPECT_GT(answers_[4], count / 20);
  }

  // Returns the patterns.
  std::vector<std::string> start_and_list_routes(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--admin-port=any", "--max-body=16k", "--scenario=leak-fixed",
                                       "--static-dir=" + directory_.path().string()});
    directory_.write("file.txt", "0123456789");
    directory_.write("folder/index.html", "<p>");
    start(arguments);
    std::vector<std::string> patterns = read_patterns(server().admin_port());
    EXPECT_GE(patterns.size(), 100U);
    failed_before_ = server().snapshot().at("responses_5xx");
    return patterns;
  }

  void ask(const RandomRequest& request, const std::string& name) {
    std::string wrong;
    try {
      wrong = answer_to(request);
    } catch (const std::exception& lost) {
      wrong = lost.what();
    }
    if (!wrong.empty()) ADD_FAILURE() << name << ": " << wrong << "\n" << command_that_sends(request.bytes());
  }

  void expect_no_5xx() {
    ASSERT_TRUE(server().process().running());
    EXPECT_EQ(server().snapshot().at("responses_5xx") - failed_before_, unknown_methods_);
  }

 private:
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
  uint64_t failed_before_ = 0;
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

// Every route with every type, every route with every kind of sending, and every type with every kind of sending.
TEST_P(RandomRequests, OfEveryTypeToEveryRouteAreAnsweredWithoutA5xx) {
  const std::vector<std::string> patterns = start_and_list_routes({"--copy-request-body=on"});
  const auto types = usual_content_types();
  for (size_t i = 0; i < patterns.size(); ++i) {
    for (size_t j = 0; j < types.size() && server().process().running(); ++j) {
      http::testing::Choices choices(i * types.size() + j);
      const Sending sending = kSendings[(i + j) % kSendings.size()];
      ask(make_random_post(choices, patterns[i], types[j], sending), patterns[i] + " with " + std::string(types[j]));
    }
  }
  expect_no_5xx();
}

DUEL_ALL_STYLES(RandomRequests);

}  // namespace
}  // namespace duel::e2e
