#include "http/core/simple_head.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "http/limits.h"
#include "tests/http/core/head_ways.h"

namespace duel::http::core {
namespace {

using testing::HeadWays;

constexpr std::string_view kBrowser =
    "GET /api/v1/user/42?full=1&lang=en HTTP/1.1\r\n"
    "Host: www.example.org:8080\r\n"
    "Connection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"131\"\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0\r\n"
    "Accept:text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
    "Cookie: theme=dark; session=3f2a\r\n"
    "\r\n";

std::string get(std::string_view target, std::string_view fields = "Host: a\r\n") {
  return "GET " + std::string(target) + " HTTP/1.1\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view length, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::string(length) + "\r\n\r\n" + std::string(body);
}

// Whether the head is simple. In every case all ways of reading must agree, at every split.
bool is_simple(std::string_view stream) {
  HeadWays ways;
  const HeadWays::Verdict verdict = ways.compare(stream);
  EXPECT_EQ(verdict.difference, "");
  EXPECT_TRUE(verdict.simple_bytes == 0 || verdict.simple_bytes == verdict.bytes);
  return verdict.simple_bytes != 0;
}

TEST(SimpleHead, IsThatOfUsualClients) {
  for (const std::string& stream : {
           std::string(kBrowser),
           get("/ping", "Host: 127.0.0.1:8080\r\n"),
           get("/", "Host:a\r\n"),
           get("/", "Host: [::1]:80\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n"),
           get("/a|b[c]'\"(d);e=f,g", "X: y\r\nHOST: A\r\nx-Y_z.1~: z\r\n"),
           get("/?", "host: a\r\n"),
           get("/?a?b=%zz`{}^\\|", "host: a\r\n"),
           get("/", "Host: a\r\nConnection: close\r\n"),
           get("/", "Host: a\r\nCONNECTION: Keep-Alive\r\n"),
           get("/", "Host: a\r\nConnection: close\r\nConnection: keep-alive\r\n"),
           get("/", "Host: a\r\nHosts: b\r\nExpects: c\r\nExpecT-: d\r\nUpgrades: e\r\nConnectioN2: f\r\n"),
           get("/", "Host: a\r\nCookie: a b  c\r\nReferer: http://a/?b#c\r\nTransfer_Encoding: x\r\n"),
           std::string("POST /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("PUT /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("PATCH /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           post("5", "hello"),
           post("0", ""),
           post("0000012", "POST / HTTP/"),
           get("/", "CONTENT-LENGTH:1\r\nHost: a\r\nConnection: close\r\n") + "x",
       }) {
    EXPECT_TRUE(is_simple(stream)) << stream;
    EXPECT_TRUE(is_simple(stream + stream)) << "two requests: " << stream;
    EXPECT_TRUE(is_simple(stream + "junk")) << stream;
  }
}

TEST(SimpleHead, LeavesOthersToLlhttp) {
  for (const std::string& stream : {
           std::string("\r\n") + get("/"),
           std::string("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET / HTTP/1.0\r\nHost: a\r\n\r\n"),
           std::string("GET / HTTP/1.2\r\nHost: a\r\n\r\n"),
           std::string("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET / HTTP/1.1\nHost: a\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\n\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\n\rX"),
           get("http://a/"),
           get("/%41"),
           get("/a#b"),
           get("/", ""),
           get("/", "Host:\r\n"),
           get("/", "Host: a/b\r\n"),
           get("/", "Host: a\r\nHost: a\r\n"),
           get("/", "Host: a\r\nX:\r\n"),
           get("/", "Host: a\r\nX: \r\n"),
           get("/", "Host: a\r\nX:  y\r\n"),
           get("/", "Host: a\r\nX: y \r\n"),
           get("/", "Host: a\r\nX: y\t\r\n"),
           get("/", "Host: a\r\nX: a\tb\r\n"),
           get("/", "Host: a\r\nX: \xC3\xA4\r\n"),
           get("/", "Host: a\r\nX : y\r\n"),
           get("/", "Host: a\r\n: y\r\n"),
           get("/", "Host: a\r\nX: y\r\n z\r\n"),
           post("0, 0", ""),
           post("+0", ""),
           post("-0", ""),
           post("0x1", "a"),
           post("00000001", "a"),
           post("0\r\nContent-Length: 0", ""),
           post("3\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
           post("0\r\nExpect: 100-continue", ""),
           get("/", "Host: a\r\ntransfer-encoding: chunked\r\n") + "0\r\n\r\n",
           get("/", "Host: a\r\nExpect: 100-continue\r\n"),
           get("/", "Host: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n"),
           get("/", "Host: a\r\nUpgrade: h2c\r\n"),
           get("/", "Host: a\r\nConnection: close, x\r\n"),
           get("/", "Host: a\r\nProxy-Connection: close\r\n"),
       }) {
    EXPECT_FALSE(is_simple(stream)) << stream;
  }
}

// Of the limits, llhttp and request_rules.h decide which status a request gets that exceeds them.
TEST(SimpleHead, KeepsTheLimits) {
  const auto simple_bytes = [](const std::string& stream) {
    HeadWays ways;
    const HeadWays::Verdict verdict = ways.compare_whole(stream);
    EXPECT_EQ(verdict.difference, "");
    return verdict.simple_bytes;
  };
  const std::string longest = get("/" + std::string(limits::kRequestLineBytes - 1, 'a'));
  EXPECT_EQ(simple_bytes(longest), longest.size());
  EXPECT_EQ(simple_bytes(get("/" + std::string(limits::kRequestLineBytes, 'a'))), 0U);

  const auto with_fields = [](size_t count) {
    std::string fields = "Host: a\r\n";
    for (size_t i = 1; i < count; ++i) fields += "X: y\r\n";
    return get("/", fields);
  };
  EXPECT_EQ(simple_bytes(with_fields(limits::kFieldCount)), with_fields(limits::kFieldCount).size());
  EXPECT_EQ(simple_bytes(with_fields(limits::kFieldCount + 1)), 0U);

  const auto of_size = [](size_t bytes) {
    const size_t others = get("/", "Host: a\r\nX: \r\n").size();
    return get("/", "Host: a\r\nX: " + std::string(bytes - others, 'y') + "\r\n");
  };
  EXPECT_EQ(simple_bytes(of_size(limits::kHeadBytes)), limits::kHeadBytes);
  EXPECT_EQ(simple_bytes(of_size(limits::kHeadBytes + 1)), 0U);
  EXPECT_EQ(simple_bytes(of_size(limits::kHeadBytes) + of_size(limits::kHeadBytes)), limits::kHeadBytes);

  const size_t body = limits::kHeadBytes - post("16000", "").size();
  EXPECT_EQ(simple_bytes(post(std::to_string(body), std::string(body, 'b'))), limits::kHeadBytes);
  EXPECT_EQ(simple_bytes(post(std::to_string(body + 1), std::string(body + 1, 'b'))), 0U);
}

TEST(SimpleHead, LeavesABodyThatIsTooLargeToLlhttp) {
  HeadWays ways(5);
  EXPECT_EQ(ways.compare(post("5", "hello")).simple_bytes, post("5", "hello").size());
  const HeadWays::Verdict verdict = ways.compare(post("6", "hello!"));
  EXPECT_EQ(verdict.difference, "");
  EXPECT_EQ(verdict.simple_bytes, 0U);
}

// The same fields as those of the last request: only the body is another one, or has not arrived.
TEST(SimpleHead, RemembersNoBody) {
  HeadWays ways;
  for (const auto& [body, simple] : {std::pair("hello", true), {"HELLO", true}, {"hell", false}, {"world", true}}) {
    const HeadWays::Verdict verdict = ways.compare_whole(post("5", body));
    EXPECT_EQ(verdict.difference, "") << body;
    EXPECT_EQ(verdict.simple_bytes != 0, simple) << body;
  }
}

// Every byte of a request becomes every other byte, is left out, and stands twice.
TEST(SimpleHead, AgreesWithLlhttpIfOneByteChanges) {
  const std::string stream = get("/a/b?c=d",
                                 "Host: ab:81\r\nConnection: keep-alive\r\nX-Y: z w\r\nExpecu: a\r\nContent-Length: "
                                 "4\r\nAccept: a/b, */*\r\n") +
                             "body";
  HeadWays ways;
  int simple = 0;
  const auto compare = [&](const std::string& changed) {
    const HeadWays::Verdict verdict = ways.compare_whole(changed);
    ASSERT_EQ(verdict.difference, "");
    simple += verdict.simple_bytes != 0 ? 1 : 0;
  };
  for (size_t at = 0; at < stream.size(); ++at) {
    std::string changed = stream;
    for (unsigned byte = 0; byte < 256; ++byte) {
      changed[at] = static_cast<char>(byte);
      compare(changed);
    }
    compare(stream.substr(0, at) + stream.substr(at + 1));
    compare(stream.substr(0, at) + stream.substr(at, 1) + stream.substr(at));
  }
  EXPECT_GT(simple, 5'000) << "the request itself should be simple";
}

// The scanner loads bytes behind the end, which may be those of an earlier request.
TEST(SimpleHead, DoesNotDependOnBytesBehindTheEnd) {
  const std::string stream(kBrowser);
  for (size_t size = 0; size < stream.size(); ++size) {
    HeadWays ways;
    const HeadWays::Verdict verdict = ways.compare_whole(stream.substr(0, size), stream.substr(size));
    EXPECT_EQ(verdict.difference, "");
    EXPECT_EQ(verdict.simple_bytes, 0U) << size;
  }
}

// The scanner does not examine the last Host again.
TEST(SimpleHead, ExaminesEveryOtherHost) {
  HeadWays ways;
  const std::string longest(64, 'h');
  int number = 0;
  for (const std::string& host : {std::string("a"), std::string("a"), std::string("a/"), std::string("a/"),
                                  std::string("b/"), std::string("b"), std::string("a"), std::string("bb"), longest,
                                  longest + "/", longest + "i", longest + "i", longest + "/", longest}) {
    const bool valid = host.find('/') == std::string::npos;
    // A different field each time, so that only the Host is the same.
    const std::string stream = get("/", "X: " + std::to_string(++number) + "\r\nHost: " + host + "\r\n");
    const HeadWays::Verdict verdict = ways.compare_whole(stream);
    EXPECT_EQ(verdict.difference, "") << host;
    EXPECT_EQ(verdict.simple_bytes != 0, valid) << host;
  }
}

// Clients send the same fields again and again, and the scanner does not examine the same fields twice.
TEST(SimpleHead, RecognisesTheSameFieldsOnly) {
  const std::string fields =
      "Host: a:80\r\nAccept: text/html\r\nCookie: name=0123456789abcdef\r\nConnection: close\r\n";
  const std::string first = get("/a", fields);
  HeadWays ways;
  const auto simple_bytes = [&ways](const std::string& stream) {
    const HeadWays::Verdict verdict = ways.compare_whole(stream);
    EXPECT_EQ(verdict.difference, "");
    return verdict.simple_bytes;
  };
  for (const std::string& stream : {first, get("/other?q=1", fields), "DELETE" + first.substr(3), first + first}) {
    EXPECT_NE(simple_bytes(stream), 0U) << stream;
  }
  for (size_t at = 0; at < first.size(); ++at) {
    for (const int change : {1, 0x20, 0x80}) {
      std::string changed = first;
      changed[at] = static_cast<char>(changed[at] ^ change);
      simple_bytes(changed);
      EXPECT_EQ(simple_bytes(first), first.size());
    }
    EXPECT_EQ(simple_bytes(first.substr(0, at)), 0U);
    EXPECT_EQ(simple_bytes(first), first.size());
  }
}

// Longer fields are not remembered.
TEST(SimpleHead, ReadsFieldsOfEverySizeTwice) {
  HeadWays ways;
  for (size_t size = 1; size < 1'200; ++size) {
    const std::string stream = get("/", "Host:h\r\nX:" + std::string(size, 'x') + "\r\n");
    for (int time = 0; time < 2; ++time) {
      const HeadWays::Verdict verdict = ways.compare_whole(stream);
      EXPECT_EQ(verdict.difference, "");
      EXPECT_EQ(verdict.simple_bytes, stream.size());
    }
  }
}

TEST(SimpleHead, IsNeverSimpleIfTheScannerIsOff) {
  std::string stream(kBrowser);
  SimpleHeads off(HeadScan::kOff);
  Request request;
  EXPECT_EQ(off.read(stream.data(), stream.data() + stream.size(), request), 0U);
}

}  // namespace
}  // namespace duel::http::core
