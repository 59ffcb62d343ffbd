#include "bench/load/response_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace duel::load {
namespace {

// Feeds `bytes` in pieces of `size`, then ends the connection. Returns the status of each answer, and `!` if bytes are
// malformed or an answer is cut off. `c` follows a status if the answer closes the connection, `e` if the end of the
// connection ends the answer.
std::string read_all(std::string_view bytes, size_t size, bool no_body) {
  ResponseParser parser;
  std::string seen;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      const ResponseParser::Result result = parser.feed(piece, no_body);
      if (result == ResponseParser::Result::kMalformed) return seen + "!";
      if (result == ResponseParser::Result::kAnswer) {
        seen += std::to_string(parser.status()) + (parser.closes() ? "c " : " ");
      }
    }
  }
  const ResponseParser::Result result = parser.end();
  if (result == ResponseParser::Result::kMalformed) return seen + "!";
  return result == ResponseParser::Result::kAnswer ? seen + std::to_string(parser.status()) + "e " : seen;
}

struct Case {
  const char* bytes;
  const char* expected;
  bool no_body = false;
};

const std::vector<Case> kCases = {
    {"", ""},
    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong", "200 "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npongHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong", "200 200 "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 N\r\ncontent-length:2 \r\n\r\nab", "200 404 "},
    {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200 "},
    {"HTTP/1.1 204 None\r\n\r\nHTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", "204 304 "},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "200 200 ", true},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: foo, Close\r\n\r\n", "200c "},
    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200c "},
    {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", "200 "},
    {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "200e "},
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "200 "},
    // chunks
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", "200 "},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\nA: b\r\n\r\nHTTP/1.1 201 C\r\nContent-Length: "
     "0\r\n\r\n",
     "200 201 "},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11112222333344445\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno field\r\n\r\n", "!"},
    // framing that contradicts itself
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "!"},
    // no HTTP
    {"HTTP/1.1 101 Switching\r\n\r\n", "!"},
    {"HTTP/2.0 200 OK\r\n\r\n", "!"},
    {"HTTP/1.1  200 OK\r\n\r\n", "!"},
    {"HTTP/1.1 2000 OK\r\n\r\n", "!"},
    {"HTTP/1.1 20 OK\r\n\r\n", "!"},
    {"HTTP/1.1 600 OK\r\n\r\n", "!"},
    {"http/1.1 200 OK\r\n\r\n", "!"},
    {"\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\nContent-Length: 0\n\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "!"},
    {"HTTP/1.1 200 OK\r\nA: \x01\r\n\r\n", "!"},
    // cut off
    {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npon", "!"},
    {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nH", "200 !"},
};

TEST(ResponseParser, ReadsAnswersHoweverTheyAreDivided) {
  for (const Case& each : kCases) {
    for (const size_t size : {1UL, 2UL, 3UL, 5UL, 7UL, 16UL, 64UL, 4096UL}) {
      EXPECT_EQ(read_all(each.bytes, size, each.no_body), each.expected) << each.bytes << "\nin pieces of " << size;
    }
  }
}

TEST(ResponseParser, BoundsHeadsAndChunkLines) {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: ";
  for (const size_t size : {size_t{1000}, size_t{1} << 20}) {
    EXPECT_EQ(read_all(start + std::string(ResponseParser::kMaxHeadBytes - 1000, 'a') + "\r\n\r\n", size, false),
              "200 ");
    EXPECT_EQ(read_all(start + std::string(ResponseParser::kMaxHeadBytes, 'a') + "\r\n\r\n", size, false), "!");
    EXPECT_EQ(read_all(start + std::string(ResponseParser::kMaxHeadBytes * 2, 'a'), size, false), "!");
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0;";
    EXPECT_EQ(read_all(chunked + std::string(1000, 'a') + "\r\n\r\n", size, false), "200 ");
    EXPECT_EQ(read_all(chunked + std::string(ResponseParser::kMaxChunkLineBytes, 'a') + "\r\n\r\n", size, false), "!");
  }
}

TEST(ResponseParser, ForgetsAConnectionThatWasCutOff) {
  ResponseParser parser;
  std::string_view half = "HTTP/1.1 200 OK\r\nContent-Le";
  EXPECT_EQ(parser.feed(half, false), ResponseParser::Result::kIncomplete);
  parser.reset();
  std::string_view whole = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(parser.feed(whole, false), ResponseParser::Result::kAnswer);
}

}  // namespace
}  // namespace duel::load
