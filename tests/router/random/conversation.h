#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/handler.h"
#include "tests/e2e/random_requests.h"

// Random clients of an application, in this process: each request goes through the parser to the handler, and the bytes
// of the answer are read strictly. There are no sockets, so thousands of requests take a second.
//
// DUEL_SEED=N runs only the conversation with this number (a failure, a crash and a hang print it), and
// DUEL_CONVERSATIONS=N runs more than the default.
namespace duel::random {

// Requests of one client, which sends back some of the cookies that it gets.
class Conversation {
 public:
  // `patterns` are those of the application's routes, such as "/user/:id" and "/files/*path".
  Conversation(http::Handler& handler, const std::vector<std::string>& patterns, uint64_t seed);

  void run();

  size_t answered() const { return answered_; }    // by the handler
  size_t successes() const { return successes_; }  // 2xx

 private:
  void ask();
  void add_cookies(e2e::RandomRequest& request);
  void keep_cookie(std::string_view set_cookie);

  http::Handler& handler_;
  const std::vector<std::string>& patterns_;
  uint64_t seed_;
  http::testing::Choices choices_;
  std::vector<std::string> jar_;  // "name=value"
  size_t answered_ = 0;
  size_t successes_ = 0;
};

// Runs all conversations. Fails the test for an answer 5xx, an exception, an answer that breaks RFC 9112, a JSON body
// that is not JSON, and a field or a cookie's attribute that a text of the request has injected.
void converse(http::Handler& handler, const std::vector<std::string>& patterns);

}  // namespace duel::random
