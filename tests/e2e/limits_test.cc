#include "http/limits.h"

#include <csignal>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

class Limits : public EndToEnd {
 protected:
  // Returns the status of the refusal; checks that no bytes follow it.
  int refusal(const std::string& bytes) const {
    Client client(port());
    client.send(bytes);
    const Reply reply = client.receive();
    EXPECT_EQ(reply.field("Connection"), "close");
    EXPECT_EQ(client.receive_to_end(), "");
    return reply.status();
  }

  bool is_let_in() const {
    Client client(port());
    if (client.readable(std::chrono::milliseconds(0))) return false;
    try {
      return client.get("/ping").status() == 200;
    } catch (const std::exception&) {
      return false;  // refused while it was sending
    }
  }
};

TEST_P(Limits, RequestLine) {
  start();
  Client client(port());
  EXPECT_EQ(client.get("/" + std::string(7'980, 'a')).status(), 404) << "RFC 9112 §3: at least 8,000 octets";
  EXPECT_EQ(refusal(get_request("/" + std::string(http::limits::kRequestLineBytes, 'a'))), 414);
  EXPECT_EQ(refusal("GET /" + std::string(http::limits::kRequestLineBytes + 100, 'a')), 414) << "before the line ends";
}

TEST_P(Limits, Head) {
  start();
  Client client(port());
  EXPECT_EQ(client.get("/ping", "X: " + std::string(15'000, 'x') + "\r\n").status(), 200);
  EXPECT_EQ(refusal(get_request("/ping", "X: " + std::string(http::limits::kHeadBytes, 'x') + "\r\n")), 431);
  EXPECT_EQ(refusal("GET /ping HTTP/1.1\r\nX: " + std::string(http::limits::kHeadBytes + 100, 'x')), 431);
}

TEST_P(Limits, NumberOfFields) {
  start();
  std::string fields;
  for (size_t i = 1; i < http::limits::kFieldCount; ++i) fields += "X-" + std::to_string(i) + ": x\r\n";
  EXPECT_EQ(Client(port()).get("/ping", fields).status(), 200);
  EXPECT_EQ(refusal(get_request("/ping", fields + "Y: y\r\n")), 431);
}

TEST_P(Limits, BodyByLength) {
  start({"--max-body=1000"});
  Client client(port());
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(1'000, 'b'))).body.size(), 1'000U);
  EXPECT_EQ(refusal(post_request("/echo", std::string(1'001, 'b'))), 413);
  EXPECT_EQ(refusal("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n"), 413) << "before the body";
  EXPECT_EQ(refusal("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n"), 413);
}

TEST_P(Limits, BodyInChunks) {
  start({"--max-body=1000"});
  Client client(port());
  EXPECT_EQ(client.roundtrip(chunked_request("/echo", std::string(1'000, 'b'), 7)).body.size(), 1'000U);
  EXPECT_EQ(refusal(chunked_request("/echo", std::string(1'001, 'b'), 7)), 413);
  EXPECT_EQ(refusal("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"), 413);
}

TEST_P(Limits, NoContinueForABodyTooLarge) {
  start({"--max-body=1000"});
  EXPECT_EQ(refusal("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n"), 413);
}

// A client that has sent many bytes before the refusal still reads it, and gets no reset (RFC 9112 §9.6).
TEST_P(Limits, TheRefusalArrivesBeforeTheRestOfTheBody) {
  start({"--max-body=1000"});
  for (int i = 0; i < 20; ++i) {
    Client client(port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'b'));
    EXPECT_EQ(client.receive().status(), 413);
  }
}

TEST_P(Limits, ABodyMayBeForbidden) {
  start({"--max-body=0"});
  Client client(port());
  EXPECT_EQ(client.roundtrip(post_request("/echo", "")).status(), 200);
  EXPECT_EQ(refusal(post_request("/echo", "x")), 413);
}

TEST_P(Limits, ABodyMayBeLarge) {
  start({"--max-body=20M"});
  const std::string body(20U << 20U, 'b');
  EXPECT_TRUE(Client(port()).roundtrip(post_request("/echo", body)).body == body);
}

TEST_P(Limits, Connections) {
  constexpr int kMost = 8;
  start({"--max-connections=" + std::to_string(kMost)});
  std::vector<Client> clients;
  for (int i = 0; i < kMost; ++i) {
    clients.emplace_back(port());
    ASSERT_EQ(clients.back().get("/ping").status(), 200);
  }
  Client refused(port());
  const Reply reply = refused.receive();  // refused before it sends a request
  EXPECT_EQ(reply.status(), 503);
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(refused.receive_to_end(), "");
  for (Client& client : clients) EXPECT_EQ(client.get("/ping").status(), 200) << "accepted clients are still served";

  clients.pop_back();
  EXPECT_TRUE(eventually([&] { return is_let_in(); })) << "a released connection is not available again";
}

// There are ten times as many clients as a worker refuses before it pauses. Each of them is refused in the end, and the
// accepted client is still served.
TEST_P(Limits, ACrowdBeyondTheConnections) {
  start({"--max-connections=1"});
  Client in(port());
  ASSERT_EQ(in.get("/ping").status(), 200);
  std::vector<Client> crowd;
  for (unsigned i = 0; i < 10 * http::limits::kRefusalsAtOnce; ++i) crowd.emplace_back(port());
  for (Client& client : crowd) {
    EXPECT_EQ(client.receive().status(), 503);
    EXPECT_TRUE(client.readable(std::chrono::milliseconds(0)))
        << "the end of the connection is not in the packet of the answer";
    EXPECT_EQ(in.get("/ping").status(), 200);
  }
  in.close();
  EXPECT_TRUE(eventually([&] { return is_let_in(); })) << "no client is accepted any more";
}

// Accepted clients wait for the refusals of the same loop iteration, so each iteration must refuse only a few clients.
TEST_P(Limits, FewRefusalsPerIteration) {
  constexpr unsigned kMinIterations = 20;
  start({"--max-connections=1", "--threads=1"});  // the test counts the loop iterations of one worker
  Client in(port());
  ASSERT_EQ(in.get("/ping").status(), 200);
  EXPECT_EQ(Client(port()).receive().status(), 503);
  for (int i = 0; i < 3; ++i)
    ASSERT_EQ(in.get("/ping").status(), 200);  // waits for the end of the iteration of that refusal
  const uint64_t before = server().snapshot().at("ring_enters");
  server().process().signal(SIGSTOP);
  std::vector<Client> crowd;
  for (unsigned i = 0; i < kMinIterations * http::limits::kRefusalsAtOnce; ++i) crowd.emplace_back(port());
  server().process().signal(SIGCONT);
  for (Client& client : crowd) EXPECT_EQ(client.receive().status(), 503);
  EXPECT_GE(server().snapshot().at("ring_enters") - before, kMinIterations);
}

DUEL_BOTH_ROUTERS(Limits);

}  // namespace
}  // namespace duel::e2e
