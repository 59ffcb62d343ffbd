#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "alloc/accounts.h"
#include "http/server.h"
#include "tests/e2e/client.h"
#include "tests/e2e/serving.h"

// Exceptions of handlers over real sockets: the client gets 500 and keeps its connection; the exception is reported.
namespace duel::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Throws : public http::Handler {
 public:
  void handle(const http::Request& request, http::Response& response) override {
    if (request.path == "/no/exception") throw 7;
    if (request.path == "/half") response.write("half a body");
    if (request.path == "/later") {
      return response.defer_answer([](const http::DeferredAnswer&) { throw std::runtime_error("no thread left"); });
    }
    if (request.path == "/two/lines") throw std::runtime_error("broken\nhttp: forged");
    if (request.path != "/ping") throw std::runtime_error("broken");
    response.end("pong");
  }

  bool answer_head(const http::Request& request, http::Response& /*response*/) override {
    if (request.path == "/head") throw std::runtime_error("broken head");
    return false;
  }
};

class Exceptions : public ::testing::Test {
 protected:
  void serve(http::OnException on_exception) {
    http::ServerOptions options;
    options.on_exception = std::move(on_exception);
    serving_.emplace([] { return std::make_unique<Throws>(); }, options);
  }

  http::OnException collect() {
    return [this](const http::Request& request, std::string_view message) {
      told_.push_back(std::string(request.method_name) + " " + std::string(request.path) + ": " + std::string(message));
    };
  }

  std::vector<std::string> told_;  // written by the worker; read it when the worker has stopped
  std::optional<Serving> serving_;
};

TEST_F(Exceptions, Are500AndReported) {
  serve(collect());
  Client client(serving_->port());
  EXPECT_EQ(client.get("/a").status(), 500);
  EXPECT_EQ(client.get("/no/exception").body, "500 Internal Server Error: the handler failed\n");
  EXPECT_EQ(client.get("/later").status(), 500);
  EXPECT_EQ(client.get("/ping").body, "pong") << "the connection stays open";
  serving_.reset();
  EXPECT_THAT(told_, ElementsAre("GET /a: broken", "GET /no/exception: an exception that is not a std::exception",
                                 "GET /later: no thread left"));
}

// The handler may throw before the client has sent the body.
TEST_F(Exceptions, OfAHeadAre500AndCounted) {
  const uint64_t before = alloc::account_costs(alloc::kUnmatched).entries;
  serve(collect());
  Client client(serving_->port());
  const std::string fields = "Host: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(client.roundtrip("POST /head HTTP/1.1\r\n" + fields).status(), 500);
  EXPECT_EQ(client.receive_to_end(), "");
  serving_.reset();
  EXPECT_EQ(alloc::account_costs(alloc::kUnmatched).entries - before, 1U);
  EXPECT_THAT(told_, ElementsAre("POST /head: broken head"));
}

TEST_F(Exceptions, EndTheConnectionDuringABody) {
  serve(collect());
  Client client(serving_->port());
  client.send(get_request("/half"));
  EXPECT_THAT(client.receive_to_end(), ::testing::Not(::testing::EndsWith("0\r\n\r\n")));
  serving_.reset();
  EXPECT_THAT(told_, ElementsAre("GET /half: broken"));
}

TEST_F(Exceptions, AreNotReportedWithoutACallback) {
  ::testing::internal::CaptureStderr();
  serve(nullptr);
  EXPECT_EQ(Client(serving_->port()).get("/a").status(), 500);
  serving_.reset();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

TEST_F(Exceptions, AreALineOnStandardErrorByDefault) {
  ::testing::internal::CaptureStderr();
  serve(http::ServerOptions().on_exception);
  EXPECT_EQ(Client(serving_->port()).get("/two/lines").status(), 500);
  serving_.reset();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "http: GET /two/lines: broken?http: forged\n");
}

}  // namespace
}  // namespace duel::e2e
