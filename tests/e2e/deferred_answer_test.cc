#include "http/deferred_answer.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "http/server.h"
#include "tests/e2e/client.h"
#include "tests/e2e/serving.h"

// Deferred answers over real sockets.
namespace duel::e2e {
namespace {

// Collects the deferred answers of the handlers, so that the test can complete them.
class Duties {
 public:
  void put(http::DeferredAnswer deferred) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(deferred));
    arrived_.notify_all();
  }
  http::DeferredAnswer take() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, kPatience, [&] { return !waiting_.empty(); }))
      throw std::runtime_error("nothing is put off");
    http::DeferredAnswer first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<http::DeferredAnswer> waiting_;
};

// /deferred is deferred. /dropped is deferred, and its DeferredAnswer is destroyed. /broken throws after deferring.
// Other paths are answered at once.
class PutsOff : public http::Handler {
 public:
  explicit PutsOff(Duties& duties) : duties_(duties) {}

  void handle(const http::Request& request, http::Response& response) override {
    if (request.path == "/deferred") {
      response.defer_answer([this](http::DeferredAnswer deferred) { duties_.put(std::move(deferred)); });
      response.write("not me");
      return response.end("nor me");
    }
    if (request.path == "/dropped") return response.defer_answer([](const http::DeferredAnswer&) {});
    if (request.path == "/broken") {
      response.defer_answer([](const http::DeferredAnswer&) { throw std::runtime_error("no thread left"); });
      return;
    }
    response.end(request.path);
  }

 private:
  Duties& duties_;
};

class DeferredAnswers : public ::testing::Test {
 protected:
  void SetUp() override {
    http::ServerOptions options;
    options.drain_timeout = kPatience;
    serving_.emplace([this] { return std::make_unique<PutsOff>(duties_); }, options);
  }
  http::Server& server() { return serving_->server(); }
  uint16_t port() const { return serving_->port(); }

  Duties duties_;
  std::optional<Serving> serving_;
};

TEST_F(DeferredAnswers, AreSentWhenReady) {
  Client client(port());
  client.send(get_request("/deferred"));
  http::DeferredAnswer deferred = duties_.take();
  EXPECT_EQ(Client(port()).get("/other").body, "/other") << "the worker serves others meanwhile";
  deferred.answer({.status = 203, .fields = {{"X-Late", "yes"}, {"Content-Length", "7"}}, .body = "late"});
  const Reply reply = client.receive();
  EXPECT_EQ(reply.status(), 203);
  EXPECT_EQ(reply.field("X-Late"), "yes");
  EXPECT_EQ(reply.body, "late");
  EXPECT_EQ(client.get("/next").body, "/next") << "the connection stays open";
  deferred.answer({.body = "twice"});
  EXPECT_EQ(client.get("/next").body, "/next");
}

TEST_F(DeferredAnswers, KeepTheOrderOfAPipeline) {
  Client client(port());
  client.send(get_request("/1") + get_request("/deferred") + get_request("/2") + get_request("/deferred") +
              get_request("/3"));
  EXPECT_EQ(client.receive().body, "/1");
  duties_.take().answer({.body = "first"});
  EXPECT_EQ(client.receive().body, "first");
  EXPECT_EQ(client.receive().body, "/2");
  http::DeferredAnswer second = duties_.take();
  client.send(get_request("/4"));
  second.answer({.body = "second"});
  for (const char* body : {"second", "/3", "/4"}) EXPECT_EQ(client.receive().body, body);
}

TEST_F(DeferredAnswers, AreFramedForTheRequest) {
  Client head(port());
  head.send("HEAD /deferred HTTP/1.1\r\nHost: a\r\n\r\n");
  duties_.take().answer({.body = "12345"});
  EXPECT_EQ(head.receive(true).field("Content-Length"), "5");
  EXPECT_EQ(head.get("/next").body, "/next");

  Client closing(port());
  closing.send(get_request("/deferred", "Connection: close\r\n"));
  duties_.take().answer({.body = "bye"});
  EXPECT_EQ(closing.receive().field("Connection"), "close");
  EXPECT_EQ(closing.wait_for_end(), Ending::kClosed);

  Client old(port());
  old.send("GET /deferred HTTP/1.0\r\n\r\n");
  duties_.take().answer({.body = "old"});
  EXPECT_EQ(old.receive().body, "old");
  EXPECT_EQ(old.wait_for_end(), Ending::kClosed);
}

// The rule is that of other answers (Response::status_of_overflow()). It must hold although the request is gone.
TEST_F(DeferredAnswers, WithTooManyFieldsBlameTheSideThatMadeThem) {
  Client client(port());
  const std::string text(5'000, 'x');
  for (const auto& [request, status] :
       {std::pair(get_request("/deferred"), 500),
        {get_request("/deferred?" + text), 414},
        {get_request("/deferred", "X: " + text + "\r\n"), 431},
        {"POST /deferred HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n" + text, 413}}) {
    client.send(request);
    duties_.take().answer({.fields = {{"X", text}, {"Y", text}}, .body = "late"});
    EXPECT_EQ(client.receive().status(), status);
  }
  EXPECT_EQ(client.get("/next").body, "/next");
}

TEST_F(DeferredAnswers, OfManyBytes) {
  Client client(port());
  client.send(get_request("/deferred"));
  const std::string large(3'000'000, 'l');
  duties_.take().answer({.body = large});
  EXPECT_EQ(client.receive().body, large);
}

TEST_F(DeferredAnswers, ToADisconnectedClient) {
  for (int i = 0; i < 20; ++i) {
    std::optional<Client> client(std::in_place, port());
    client->send(get_request("/deferred"));
    http::DeferredAnswer deferred = duties_.take();
    i % 2 == 0 ? client->reset() : client->close();
    if (i % 3 == 0) {
      EXPECT_EQ(Client(port()).get("/other").body, "/other");  // may get the released slot
    }
    deferred.answer({.body = "late"});
  }
  EXPECT_TRUE(eventually([&] { return server().open_connections() == 0; }));
  EXPECT_EQ(Client(port()).get("/other").body, "/other");
}

// A client that has shut down its sending side still reads.
TEST_F(DeferredAnswers, AfterTheClientsEndOfInput) {
  Client client(port());
  client.send(get_request("/deferred"));
  http::DeferredAnswer deferred = duties_.take();
  client.shut_down_sending();
  EXPECT_EQ(Client(port()).get("/other").body, "/other");
  deferred.answer({.body = "late"});
  EXPECT_EQ(client.receive().body, "late");
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

TEST_F(DeferredAnswers, ThatAreNeverGivenAre500) {
  for (const char* path : {"/dropped", "/broken"}) {
    Client client(port());
    EXPECT_EQ(client.get(path).status(), 500) << path;
    EXPECT_EQ(client.get("/next").body, "/next");
  }
  EXPECT_EQ(server().counters().responses_5xx, 2U);
}

TEST_F(DeferredAnswers, DelayTheEndOfADrain) {
  Client client(port());
  client.send(get_request("/deferred"));
  http::DeferredAnswer deferred = duties_.take();
  server().stop();
  EXPECT_TRUE(eventually([&] { return !Client::try_connect(port()); }));
  deferred.answer({.body = "late"});
  const Reply reply = client.receive();
  EXPECT_EQ(reply.body, "late");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

TEST_F(DeferredAnswers, MayOutliveTheServer) {
  Client client(port());
  client.send(get_request("/deferred"));
  http::DeferredAnswer deferred = duties_.take();
  serving_.reset();
  deferred.answer({.body = "too late"});
  SetUp();
}

TEST_F(DeferredAnswers, ToAClientThatReadsSlowly) {
  Client client(port(), {.receive_buffer = 4096});
  client.send(get_request("/deferred") + get_request("/deferred"));
  const std::string large(2'000'000, 'l');
  duties_.take().answer({.body = large});
  std::jthread second([&] { duties_.take().answer({.body = "second"}); });
  EXPECT_EQ(client.receive().body, large);
  EXPECT_EQ(client.receive().body, "second");
}

}  // namespace
}  // namespace duel::e2e
