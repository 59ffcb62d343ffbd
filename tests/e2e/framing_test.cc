#include <string>
#include <thread>

#include "tests/e2e/fixture.h"

// Where one message ends and the next begins, for every way in which the network splits them (RFC 9112 §6, §9).
namespace duel::e2e {
namespace {

class Framing : public EndToEnd {
 protected:
  void SetUp() override { start(); }
};

std::string pattern(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((i * 131) >> 4);
  return bytes;
}

TEST_P(Framing, KeepsTheConnection) {
  Client client(port());
  for (int i = 0; i < 100; ++i) {
    const Reply reply = client.get("/api/v1/user/" + std::to_string(i));
    ASSERT_EQ(reply.body, std::to_string(i));
    ASSERT_EQ(reply.head.count("Connection"), 0U);
  }
}

TEST_P(Framing, AnswersAPipelineInOrder) {
  for (const int requests : {2, 16, 1'000}) {
    std::string pipeline;
    for (int i = 0; i < requests; ++i) pipeline += get_request("/api/v1/user/" + std::to_string(i));
    Client client(port());
    client.send(pipeline);
    for (int i = 0; i < requests; ++i) ASSERT_EQ(client.receive().body, std::to_string(i)) << "of " << requests;
    EXPECT_EQ(client.pending(), "");
  }
}

// The pipeline is larger than all buffers between client and server, so the client must read while it writes.
TEST_P(Framing, AnswersAPipelineOfMegabytes) {
  constexpr int kRequests = 30'000;
  Client client(port());
  std::thread writer([&] {
    std::string pipeline;
    for (int i = 0; i < kRequests; ++i) {
      pipeline += get_request("/api/v1/user/" + std::to_string(i));
      if (pipeline.size() < 60'000 && i + 1 < kRequests) continue;
      client.send(pipeline);
      pipeline.clear();
    }
  });
  for (int i = 0; i < kRequests; ++i) {
    const Reply reply = client.receive();
    if (reply.body == std::to_string(i)) continue;
    ADD_FAILURE() << "answer " << i << " is " << reply.raw;
    break;
  }
  writer.join();
}

TEST_P(Framing, AnswersBodiesInAPipeline) {
  Client client(port());
  std::string pipeline;
  for (size_t i = 0; i < 50; ++i) {
    pipeline += post_request("/echo", pattern(i * 97));
    pipeline += chunked_request("/echo", pattern(i * 53), 1 + i);
    pipeline += get_request("/ping");
  }
  client.send(pipeline);
  for (size_t i = 0; i < 50; ++i) {
    ASSERT_EQ(client.receive().body, pattern(i * 97)) << i;
    ASSERT_EQ(client.receive().body, pattern(i * 53)) << i;
    ASSERT_EQ(client.receive().body, "pong") << i;
  }
}

TEST_P(Framing, StopsAtABadRequestAmongGoodOnes) {
  Client client(port());
  client.send(get_request("/ping") + get_request("/json") + "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" +
              get_request("/ping"));
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().status(), 200);
  const Reply refusal = client.receive();
  EXPECT_EQ(refusal.status(), 400);
  EXPECT_EQ(refusal.field("Connection"), "close");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(Framing, CutAtEveryByte) {
  const std::string request = chunked_request("/echo", "some body", 4) + get_request("/api/v1/user/42");
  Client client(port());
  for (size_t at = 1; at < request.size(); ++at) {
    client.send(request.substr(0, at));
    synchronise();
    client.send(request.substr(at));
    ASSERT_EQ(client.receive().body, "some body") << "cut at " << at;
    ASSERT_EQ(client.receive().body, "42") << "cut at " << at;
  }
}

TEST_P(Framing, ByteByByte) {
  Client client(port());
  client.send_bytewise(get_request("/api/v1/user/42") + post_request("/echo", "by length") +
                       chunked_request("/echo", "in chunks", 2) + get_request("/ping"));
  EXPECT_EQ(client.receive().body, "42");
  EXPECT_EQ(client.receive().body, "by length");
  EXPECT_EQ(client.receive().body, "in chunks");
  EXPECT_EQ(client.receive().body, "pong");
}

TEST_P(Framing, LargeBodies) {
  Client client(port());
  for (const size_t size :
       std::initializer_list<size_t>{16'383, 16'384, 16'385, 65'536, 100'000, 1'000'000, 1'048'576}) {
    const std::string body = pattern(size);
    ASSERT_TRUE(client.roundtrip(post_request("/echo", body)).body == body) << size;
    ASSERT_TRUE(client.roundtrip(chunked_request("/echo", body, 10'007)).body == body) << size;
  }
  const std::string body = pattern(100'000);
  EXPECT_TRUE(client.roundtrip(chunked_request("/echo", body, 1)).body == body) << "one byte per chunk";
  EXPECT_EQ(client.get("/ping").body, "pong");
}

TEST_P(Framing, TheBodyOfAGetIsNotTheNextRequest) {
  Client client(port());
  const std::string hidden = get_request("/api/v1/user/666");
  client.send("GET /ping HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(hidden.size()) + "\r\n\r\n" +
              hidden + get_request("/json"));
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().body, R"({"message":"pong"})");
}

TEST_P(Framing, EmptyLinesBetweenRequests) {
  Client client(port());
  client.send("\r\n" + get_request("/ping") + "\r\n\r\n" + get_request("/ping"));
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().body, "pong");
}

TEST_P(Framing, UpgradeIsIgnored) {
  Client client(port());
  client.send(get_request("/ping", "Connection: Upgrade\r\nUpgrade: websocket\r\n") +
              get_request("/api/v1/user/1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"));
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().body, "1");
}

class Continue : public Framing {};

TEST_P(Continue, IsSentBeforeTheBody) {
  Client client(port());
  const std::string request = post_request("/echo", "the body", "Expect: 100-continue\r\n");
  const size_t head = request.find("\r\n\r\n") + 4;
  for (int i = 0; i < 3; ++i) {
    client.send(request.substr(0, head));
    EXPECT_EQ(client.receive().raw, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send(request.substr(head));
    const Reply reply = client.receive();
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.body, "the body");
  }
}

TEST_P(Continue, IsSentOnce) {
  Client chunked(port());
  chunked.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(chunked.receive().status(), 100);
  for (const char* piece : {"3", "\r\n", "ab", "c\r\n", "0", "\r\n", "\r\n"}) {
    chunked.send(piece);
    synchronise();
  }
  const Reply reply = chunked.receive();
  EXPECT_EQ(reply.status(), 200);
  EXPECT_EQ(reply.body, "abc");
}

TEST_P(Continue, FollowsEarlierAnswers) {
  Client client(port());
  client.send(get_request("/ping") +
              "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().status(), 100);
  client.send("hi" + get_request("/json"));
  EXPECT_EQ(client.receive().body, "hi");
  EXPECT_EQ(client.receive().status(), 200);
}

TEST_P(Continue, IsNotSentForHttp10OrForNoBody) {
  Client client(port());
  client.send("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  synchronise();
  client.send("hi");
  EXPECT_EQ(client.receive().body, "hi");
  EXPECT_EQ(client.get("/ping", "Expect: 100-continue\r\n").status(), 200);
}

TEST_P(Continue, AnythingElseIs417) {
  Client client(port());
  EXPECT_EQ(client.get("/ping", "Expect: a-miracle\r\n").status(), 417);
  EXPECT_EQ(client.receive_to_end(), "");
}

class Closing : public Framing {};

TEST_P(Closing, WhenAskedTo) {
  Client client(port());
  const Reply reply = client.get("/ping", "Connection: close\r\n");
  EXPECT_EQ(reply.body, "pong");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

TEST_P(Closing, WinsOverKeepAlive) {
  for (const char* fields : {"Connection: keep-alive, close\r\n", "Connection: close\r\nConnection: keep-alive\r\n"}) {
    Client client(port());
    EXPECT_EQ(client.get("/ping", fields).field("Connection"), "close");
    EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
  }
}

// RFC 9112 §9.6: requests after `Connection: close` are not answered.
TEST_P(Closing, AnswersNoFurtherRequest) {
  Client client(port());
  client.send(get_request("/ping", "Connection: close\r\n") + get_request("/json") + get_request("/json"));
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(Closing, IsTheDefaultOfHttp10) {
  Client client(port());
  const Reply reply = client.roundtrip("GET /ping HTTP/1.0\r\n\r\n");
  EXPECT_EQ(reply.body, "pong");
  EXPECT_NE(reply.field("Connection"), "keep-alive");
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

TEST_P(Closing, NotForHttp10WithKeepAlive) {
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.roundtrip("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(reply.body, "pong");
    EXPECT_EQ(reply.field("Connection"), "keep-alive");
  }
  EXPECT_EQ(client.roundtrip("GET /ping HTTP/1.0\r\n\r\n").body, "pong");
  EXPECT_EQ(client.wait_for_end(), Ending::kClosed);
}

TEST_P(Closing, AfterEveryRefusal) {
  for (const auto& [bytes, status] : std::initializer_list<std::pair<const char*, int>>{
           {"GET / HTTP/1.1\r\n\r\n", 400},
           {"GET /\r\n\r\n", 400},
           {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
           {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
           {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
           {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
           {"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", 400},
           {"GET / HTTP/1.1\nHost: a\n\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0 5\r\nhello\r\n0\r\n\r\n", 400},
           {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\nGET /ping HTTP/1.1\r\n\r\n",
            400},
           {"\x16\x03\x01\x02\x00", 400}}) {
    Client client(port());
    client.send(bytes);
    const Reply reply = client.receive();
    EXPECT_EQ(reply.status(), status) << bytes;
    EXPECT_EQ(reply.field("Connection"), "close") << bytes;
    EXPECT_EQ(client.receive_to_end(), "") << bytes;
  }
}

DUEL_BOTH_ROUTERS(Framing);
DUEL_BOTH_ROUTERS(Continue);
DUEL_BOTH_ROUTERS(Closing);

}  // namespace
}  // namespace duel::e2e
