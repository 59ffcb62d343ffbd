#include <gmock/gmock.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/fixture.h"

// The handler wrappers: each changes how a request is served, but not its answer.
namespace duel::e2e {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string unzip(const std::string& bytes) {
  std::string text(100'000, '\0');
  size_t size = 0;
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  EXPECT_EQ(libdeflate_gzip_decompress(decompressor, bytes.data(), bytes.size(), text.data(), text.size(), &size),
            LIBDEFLATE_SUCCESS);
  libdeflate_free_decompressor(decompressor);
  return text.substr(0, size);
}

class HandlerWrappers : public EndToEnd {
 protected:
  std::string log_path() const { return directory_.path() / "access.log"; }
  std::string logged() const {
    std::ifstream file(log_path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> log_flags(bool async) const {
    return {"--access-logs=on", "--access-logs-async=" + std::string(async ? "on" : "off"),
            "--access-logs-file=" + log_path()};
  }

  const std::string text_ = "/api/v1/user/" + std::string(400, 'u');
  TemporaryDirectory directory_;
};

TEST_P(HandlerWrappers, ACopiedBodyIsTheSameBody) {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  for (const char* copy : {"on", "off"}) {
    start({std::string("--copy-request-body=") + copy});
    Client client(port());
    for (const std::string& body : {std::string(), std::string("x"), all_bytes, std::string(300'000, 'y')}) {
      const Reply reply = client.roundtrip(post_request("/echo", body));
      EXPECT_EQ(reply.status(), 200);
      EXPECT_EQ(reply.body, body);
    }
    EXPECT_EQ(client.roundtrip(chunked_request("/echo", all_bytes, 7)).body, all_bytes);
    const std::string upload = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n--b--\r\n";
    const std::string type = "Content-Type: multipart/form-data; boundary=b\r\n";
    EXPECT_EQ(client.roundtrip(post_request("/echo", upload, type)).body, upload);
    client.close();
    server().stop();
  }
}

TEST_P(HandlerWrappers, ACopyCostsAnAllocation) {
  const std::string body(5'000, 'b');
  const auto bytes_of_a_request = [&](const char* copy) {
    start({std::string("--copy-request-body=") + copy});
    Client client(port());
    for (int i = 0; i < 100; ++i) client.roundtrip(post_request("/echo", body));
    const uint64_t before = server().snapshot()["allocated_bytes"];
    for (int i = 0; i < 100; ++i) client.roundtrip(post_request("/echo", body));
    const uint64_t after = server().snapshot()["allocated_bytes"];
    client.close();
    server().stop();
    return (after - before) / 100;
  };
  const uint64_t without = bytes_of_a_request("off");
  const uint64_t with = bytes_of_a_request("on");
  if (with == 0 && without == 0) GTEST_SKIP() << "needs jemalloc, which sanitizers replace";
  EXPECT_GE(with, without + body.size());
  EXPECT_LT(with, without + 2 * body.size());
}

TEST_P(HandlerWrappers, GzipIfTheClientAcceptsIt) {
  start({"--gzip=on"});
  Client client(port());
  const Reply plain = client.get(text_);
  const Reply coded = client.get(text_, "Accept-Encoding: deflate, gzip\r\n");
  EXPECT_EQ(plain.body, text_.substr(13));
  EXPECT_EQ(plain.field("Content-Encoding"), "");
  EXPECT_EQ(plain.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(coded.field("Content-Encoding"), "gzip");
  EXPECT_EQ(coded.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(coded.field("Content-Type"), plain.field("Content-Type"));
  EXPECT_LT(coded.body.size(), 100U);
  EXPECT_EQ(unzip(coded.body), plain.body);

  const Reply head = client.roundtrip("HEAD " + text_ + " HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", true);
  EXPECT_EQ(head.field("Content-Length"), std::to_string(coded.body.size()));
  EXPECT_EQ(client.get("/ping", "Accept-Encoding: gzip\r\n").body, "pong") << "too short to shrink";
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(900, 'e'), "Accept-Encoding: gzip\r\n")).body,
            std::string(900, 'e'))
      << "POST is not among the methods";
}

// The wrappers also surround an answer that the head decides: it is logged once, and 100 Continue is not logged.
TEST_P(HandlerWrappers, AnAnswerInsteadOf100ContinueIsLogged) {
  std::vector<std::string> flags = log_flags(false);
  flags.insert(flags.end(), {"--gzip=on", "--gzip-methods=POST", "--gzip-min-length=1", "--copy-request-body=on"});
  start(flags);
  const std::string fields = "Host: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nAccept-Encoding: gzip\r\n\r\n";
  Client refused(port());
  const Reply refusal = refused.roundtrip("POST /none HTTP/1.1\r\n" + fields);
  EXPECT_EQ(refusal.status(), 404);
  EXPECT_EQ(refusal.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(refused.receive_to_end(), "");
  EXPECT_NE(logged().find("/none"), std::string::npos);
  Client served(port());
  EXPECT_EQ(served.roundtrip("POST /echo HTTP/1.1\r\n" + fields).status(), 100);
  EXPECT_EQ(logged().find("/echo"), std::string::npos);
  served.send("hi");
  EXPECT_EQ(served.receive().status(), 200);
  const std::string lines = logged();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
}

TEST_P(HandlerWrappers, GzipByMethodAndLength) {
  start({"--gzip=on", "--gzip-methods=POST", "--gzip-min-length=100", "--gzip-level=9"});
  Client client(port());
  const std::string gzip = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(client.get(text_, gzip).body, text_.substr(13));
  EXPECT_EQ(unzip(client.roundtrip(post_request("/echo", std::string(100, 'e'), gzip)).body), std::string(100, 'e'));
  EXPECT_EQ(client.roundtrip(post_request("/echo", std::string(99, 'e'), gzip)).body, std::string(99, 'e'));
}

TEST_P(HandlerWrappers, NoGzipWhenItIsOff) {
  start();
  const Reply reply = Client(port()).get(text_, "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(reply.body, text_.substr(13));
  EXPECT_EQ(reply.field("Vary"), "");
}

TEST_P(HandlerWrappers, KeepAliveOff) {
  start({"--disable-keep-alive=on"});
  Client client(port());
  client.send(get_request("/ping") + get_request("/json"));  // the second request must not be answered
  const Reply reply = client.receive();
  EXPECT_EQ(reply.body, "pong");
  EXPECT_EQ(reply.field("Connection"), "close");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST_P(HandlerWrappers, ALineForEachRequest) {
  for (const bool async : {false, true}) {
    ::unlink(log_path().c_str());
    start(log_flags(async));
    Client client(port());
    client.get("/ping?q=\"\\", "User-Agent: tester\r\nReferer: http://a/\r\n");
    client.roundtrip(post_request("/echo", "12345"));
    client.get("/nowhere");
    client.close();
    server().stop();
    const std::string lines = logged();
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3) << lines;
    EXPECT_THAT(lines,
                ContainsRegex("^127\\.0\\.0\\.1 - - \\[[^]]+\\] \"GET /ping\\?q=\\\\x22\\\\x5c HTTP/1\\.1 200 0\" "
                              "[0-9]\\.[0-9]+ http://a/ tester\n"));
    EXPECT_THAT(lines, ContainsRegex("\"POST /echo HTTP/1\\.1 200 5\" "));
    EXPECT_THAT(lines, ContainsRegex("\"GET /nowhere HTTP/1\\.1 404 0\" "));
  }
}

TEST_P(HandlerWrappers, ASynchronousLineIsThereBeforeTheAnswer) {
  start(log_flags(false));
  Client(port()).get("/ping");
  EXPECT_THAT(logged(), HasSubstr("GET /ping"));
  EXPECT_EQ(server().snapshot().at("access_log_dropped"), 0U);
}

// A client cannot choose the address that is logged, unless it is a trusted proxy. An IPv6 socket sees this client as
// ::ffff:127.0.0.1.
TEST_P(HandlerWrappers, ALineHasTheAddressOfTheClient) {
  const std::string proxies = "--access-logs-proxies=::ffff:127.0.0.0/104,9.9.9.9";
  for (const bool behind_proxy : {false, true}) {
    std::ofstream(log_path(), std::ios::trunc);
    auto flags = log_flags(false);
    flags.emplace_back("--host=::");
    if (behind_proxy) flags.push_back(proxies);
    start(flags);
    Client client(port());
    client.get("/ping");
    client.get("/ping", "X-Forwarded-For: 6.6.6.6, ::FFFF:5.5.5.5\r\n");
    client.get("/ping", "X-Forwarded-For: 6.6.6.6, 9.9.9.9\r\n");
    client.get("/ping", "X-Real-IP: 2001:DB8::0:1\r\n");
    client.get("/ping", "X-Forwarded-For: no address\r\n");
    std::istringstream lines(logged());
    std::vector<std::string> addresses;
    for (std::string line; std::getline(lines, line);) addresses.push_back(line.substr(0, line.find(' ')));
    const std::string peer = "127.0.0.1";
    if (behind_proxy) {
      EXPECT_THAT(addresses, ElementsAre(peer, "5.5.5.5", "6.6.6.6", "2001:db8::1", peer));
    } else {
      EXPECT_THAT(addresses, ElementsAre(peer, peer, peer, peer, peer));
    }
    client.close();
    server().stop();
  }
}

TEST_P(HandlerWrappers, AFullDiskDoesNotStopTheServer) {
  for (const char* async : {"on", "off"}) {
    start({"--access-logs=on", std::string("--access-logs-async=") + async, "--access-logs-file=/dev/full"});
    Client client(port());
    for (int i = 0; i < 10; ++i) EXPECT_EQ(client.get("/ping").body, "pong");
    EXPECT_TRUE(eventually([&] { return server().snapshot().at("access_log_dropped") == 10; }));
    client.close();
    server().stop();
  }
}

TEST_P(HandlerWrappers, AllTogether) {
  auto flags = log_flags(true);
  flags.insert(flags.end(), {"--threads=2", "--gzip=on", "--gzip-methods=GET;POST", "--copy-request-body=on"});
  start(flags);
  const std::string body(2'000, 'z');
  for (int i = 0; i < 20; ++i) {
    const Reply reply = Client(port()).roundtrip(post_request("/echo", body, "Accept-Encoding: gzip\r\n"));
    EXPECT_EQ(unzip(reply.body), body);
  }
  server().stop();
  const std::string lines = logged();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 20);
}

DUEL_BOTH_ROUTERS(HandlerWrappers);

}  // namespace
}  // namespace duel::e2e
