// The Gin style's context over real connections: tests that need sockets.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>

#include "router/gin/engine.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/recovery.h"
#include "tests/e2e/client.h"
#include "tests/e2e/serving.h"

namespace duel::e2e {
namespace {

// Larger than a send block and than limits::kOutputHighWaterBytes.
constexpr size_t kPieces = 1000;
constexpr size_t kPieceBytes = 1000;

std::promise<std::unique_ptr<gin::RequestCopy>> copied;

constexpr http::grammar::Network kTrusted[] = {http::grammar::network("127.0.0.1")};
constexpr auto kApp = gin::router(
    gin::Options{.proxies = {.trusted = kTrusted}}, gin::use(gin::middleware::recovery<>, gin::middleware::gzip<>),
    gin::get("/ok", [](gin::Context& c) { c.string(200, "ok"); }),
    gin::get("/throw",
             [](gin::Context& c) {
               c.string(200, "half");
               throw std::runtime_error("broken");
             }),
    gin::get("/throw-in-stream",
             [](gin::Context& c) {
               c.write("half");
               throw std::runtime_error("broken");
             }),
    gin::get("/stream",
             [](gin::Context& c) {
               size_t left = kPieces;
               c.stream([&](gin::Context& to) {
                 to.write(std::string(kPieceBytes, 'x'));
                 return --left > 0;
               });
             }),
    gin::get("/large", [](gin::Context& c) { c.string(200, std::string(300'000, 'x')); }),
    gin::get("/ip", [](gin::Context& c) { c.string(200, "{} {}", c.client_ip(), c.remote_ip()); }),
    gin::post("/copy", [](gin::Context& c) { copied.set_value(c.copy()); }));

class GinContext : public ::testing::Test {
 protected:
  uint16_t port() const { return serving_.port(); }

 private:
  // A new promise, set before the threads of the server start.
  static http::HandlerFactory fresh() {
    copied = {};
    return [] { return std::make_unique<gin::Engine<kApp>>(); };
  }

  Serving serving_{fresh()};
};

TEST_F(GinContext, AnExceptionIs500AndTheConnectionStaysOpen) {
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    const Reply broken = client.get("/throw");
    EXPECT_EQ(broken.status(), 500);
    EXPECT_EQ(broken.body, "");
    EXPECT_EQ(client.get("/ok").body, "ok");
  }
}

TEST_F(GinContext, ATruncatedStreamDoesNotLookComplete) {
  Client client(port());
  client.send(get_request("/throw-in-stream"));
  EXPECT_EQ(client.receive_to_end().find("\r\n0\r\n\r\n"), std::string::npos);
  EXPECT_EQ(Client(port()).get("/ok").body, "ok");
}

TEST_F(GinContext, AStreamArrivesComplete) {
  Client client(port());
  const Reply chunked = client.get("/stream");
  EXPECT_EQ(chunked.field("Transfer-Encoding"), "chunked");
  EXPECT_EQ(chunked.body, std::string(kPieces * kPieceBytes, 'x'));
  EXPECT_EQ(client.get("/ok").body, "ok");
  Client old(port());
  old.send("GET /stream HTTP/1.0\r\n\r\n");
  const std::string raw = old.receive_to_end();
  EXPECT_EQ(raw.substr(raw.find("\r\n\r\n") + 4), std::string(kPieces * kPieceBytes, 'x'));
}

TEST_F(GinContext, ALargeAnswerIsCompressedIfTheClientAcceptsIt) {
  Client client(port());
  const Reply get = client.get("/large", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(get.field("Content-Encoding"), "gzip");
  EXPECT_LT(get.body.size(), 1000U);
  EXPECT_EQ(client.get("/large").body, std::string(300'000, 'x'));
}

TEST_F(GinContext, TheClientsAddressComesFromATrustedProxy) {
  Client proxy(port());
  EXPECT_EQ(proxy.get("/ip").body, "127.0.0.1 127.0.0.1");
  EXPECT_EQ(proxy.get("/ip", "X-Forwarded-For: 6.6.6.6, 5.5.5.5\r\n").body, "5.5.5.5 127.0.0.1");
  Client untrusted(port(), {.source = 2});
  EXPECT_EQ(untrusted.get("/ip", "X-Forwarded-For: 5.5.5.5\r\n").body, "127.0.0.2 127.0.0.2");
}

// An IPv6 socket sees this client as ::ffff:127.0.0.1.
TEST(GinContextOnIpv6, ClientsOfIpv4HaveTheSameAddress) {
  const Serving serving([] { return std::make_unique<gin::Engine<kApp>>(); }, {.host = "::"});
  Client proxy(serving.port());
  EXPECT_EQ(proxy.get("/ip").body, "127.0.0.1 127.0.0.1");
  EXPECT_EQ(proxy.get("/ip", "X-Forwarded-For: ::FFFF:5.5.5.5\r\n").body, "5.5.5.5 127.0.0.1");
  Client untrusted(serving.port(), {.source = 2});
  EXPECT_EQ(untrusted.get("/ip", "X-Forwarded-For: 5.5.5.5\r\n").body, "127.0.0.2 127.0.0.2");
}

TEST_F(GinContext, ACopyOutlivesItsConnection) {
  Client client(port());
  client.send(post_request("/copy", "a=1&b=2", "Content-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_EQ(client.receive().status(), 200);
  client.reset();
  for (int i = 0; i < 10; ++i) Client(port()).get("/ip");
  const auto copy = copied.get_future().get();
  EXPECT_EQ(copy->post_form("b"), "2");
  EXPECT_EQ(copy->remote_ip(), "127.0.0.1");
  EXPECT_EQ(copy->path(), "/copy");
}

}  // namespace
}  // namespace duel::e2e
