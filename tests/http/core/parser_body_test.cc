#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

#include "http/core/parser.h"
#include "tests/http/core/parser_feed.h"

namespace duel::http::core {
namespace {

using testing::feed;
using testing::feed_bytewise;
using testing::feed_whole;
using testing::first_differing_split;
using testing::Outcome;
using Status = RequestParser::Status;
using namespace std::string_literals;

std::string with_length(std::string_view body) {
  return "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string chunked(std::string_view framed) {
  return "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(framed);
}

TEST(ParserBody, OfAKnownLength) {
  for (const char* length : {"5", "005", " 5", "5 ", "\t5", "5\t", " \t 5 \t \t"}) {
    const std::string stream = std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ") + length + "\r\n\r\nhello";
    const Outcome outcome = feed_whole(stream + "GET");
    ASSERT_TRUE(outcome.complete()) << length << ": " << outcome;
    EXPECT_EQ(outcome.request.body, "hello");
    EXPECT_EQ(outcome.consumed, stream.size());
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
  }
}

TEST(ParserBody, IsNotInterpreted) {
  const std::string body = "\r\n\r\nGET / HTTP/1.1\r\n\0\xff\n\n"s;
  const Outcome outcome = feed_whole(with_length(body));
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, body);
}

// RFC 9112 §6.3: without Content-Length and Transfer-Encoding there is no body, for every method.
TEST(ParserBody, NoneWithoutFraming) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n\r\n";
  const Outcome outcome = feed_whole(head + "hello");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.consumed, head.size());
  EXPECT_EQ(outcome.request.body, "");
}

// RFC 9110 §9.3.1: a body of GET has no meaning, but it is framed as any other.
TEST(ParserBody, OfAnyMethod) {
  for (const char* method : {"GET", "HEAD", "DELETE", "OPTIONS", "PATCH", "PUT"}) {
    const std::string stream = std::string(method) + " / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    const Outcome outcome = feed_whole(stream);
    ASSERT_TRUE(outcome.complete()) << outcome;
    EXPECT_EQ(outcome.request.body, "abc") << method;
  }
}

TEST(ParserBody, Http10MayHaveALength) {
  const Outcome outcome = feed_whole("POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, "abc");
}

struct Chunks {
  const char* framed;
  const char* body;
};

class ParserChunked : public ::testing::TestWithParam<Chunks> {};

TEST_P(ParserChunked, IsCompacted) {
  const std::string stream = chunked(GetParam().framed);
  const Outcome outcome = feed_whole(stream + "GET / HTTP/1.1\r\n");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, GetParam().body);
  EXPECT_EQ(outcome.consumed, stream.size());
  EXPECT_EQ(outcome.request.fields.size(), 2U) << "trailers are not fields (RFC 9110 §6.5.1)";
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos) << "byte by byte: " << feed_bytewise(stream);
}

// RFC 9112 §7.1: sizes may be in any letter case and have leading zeros; extensions and trailers are ignored.
INSTANTIATE_TEST_SUITE_P(
    Rfc9112Section71, ParserChunked,
    ::testing::Values(Chunks{"0\r\n\r\n", ""}, Chunks{"5\r\nhello\r\n0\r\n\r\n", "hello"},
                      Chunks{"1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n", "abc"},
                      Chunks{"a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij"},
                      Chunks{"0005\r\nhello\r\n000\r\n\r\n", "hello"},
                      Chunks{"5\r\n\r\n0\r\n\r\n0\r\n\r\n", "\r\n0\r\n"},
                      Chunks{"5;a\r\nhello\r\n0;b\r\n\r\n", "hello"},
                      Chunks{"5;a=b;c=\"d;\\\"e\"\r\nhello\r\n0\r\n\r\n", "hello"},
                      // BWS must be accepted (RFC 9110 §5.6.3), around every ";" and "=".
                      Chunks{"5; a\r\nhello\r\n0 ;b\r\n\r\n", "hello"},
                      Chunks{"5 \t; a \t= \tb ; c = \"d\" \t;e\r\nhello\r\n0\r\n\r\n", "hello"},
                      Chunks{"5;a=\"\";b=\"\t \x80\\\\\"\r\nhello\r\n0\r\n\r\n", "hello"},
                      Chunks{"2\r\nhi\r\n0\r\nX: y\r\nZ:\r\n\r\n", "hi"},
                      // Fields with a meaning in the head have none in a trailer (RFC 9110 §6.5.1).
                      Chunks{"2\r\nhi\r\n0\r\nHost: evil\r\nConnection: close\r\nExpect: x\r\n\r\n", "hi"},
                      Chunks{"2\r\nhi\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: gzip\r\n\r\n", "hi"}));

class ParserBadChunks : public ::testing::TestWithParam<const char*> {};

TEST_P(ParserBadChunks, Are400) {
  const std::string stream = chunked(GetParam());
  const Outcome outcome = feed_whole(stream);
  EXPECT_EQ(outcome.error_status, 400) << outcome;
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

// Real servers read each of these sizes in different ways, which allows request smuggling (RFC 9112 §11.2).
INSTANTIATE_TEST_SUITE_P(
    Sizes, ParserBadChunks,
    ::testing::Values("0 5\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
                      "-5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "\t5\r\nhello\r\n0\r\n\r\n",
                      "5h\r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n",
                      ";a\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n", "5,5\r\nhello\r\n0\r\n\r\n",
                      "5_0\r\nhello\r\n0\r\n\r\n", "\"5\"\r\nhello\r\n0\r\n\r\n", "5.0\r\nhello\r\n0\r\n\r\n",
                      "10000000000000005\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
                      "100000005\v\r\nhello\r\n0\r\n\r\n"));
INSTANTIATE_TEST_SUITE_P(
    Extensions, ParserBadChunks,
    ::testing::Values("5;\r\nhello\r\n0\r\n\r\n", "5; \r\nhello\r\n0\r\n\r\n", "5;;a\r\nhello\r\n0\r\n\r\n",
                      "5;=b\r\nhello\r\n0\r\n\r\n", "5;a=\r\nhello\r\n0\r\n\r\n", "5;a= \r\nhello\r\n0\r\n\r\n",
                      "5 \r\nhello\r\n0\r\n\r\n", "5\t\r\nhello\r\n0\r\n\r\n", "5;a \r\nhello\r\n0\r\n\r\n",
                      "5;a=b \r\nhello\r\n0\r\n\r\n", "5;a b\r\nhello\r\n0\r\n\r\n", "5;a=b c\r\nhello\r\n0\r\n\r\n",
                      "5;a=b=c\r\nhello\r\n0\r\n\r\n", "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n", "5;[\r\nhello\r\n0\r\n\r\n",
                      "5;a=\x80\r\nhello\r\n0\r\n\r\n", "5;a=\"\\\x01\"\r\nhello\r\n0\r\n\r\n",
                      "5 a\r\nhello\r\n0\r\n\r\n", "5=a\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0 5\r\n\r\n",
                      "5\r\nhello\r\n0\r\n: y\r\n\r\n", "5\r\nhello\r\n0\r\nX: \x7f\r\n\r\n"));
INSTANTIATE_TEST_SUITE_P(Lines, ParserBadChunks,
                         ::testing::Values("5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\rhello\r\n0\r\n\r\n",
                                           "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n",
                                           "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\r\nX0\r\n\r\n",
                                           "5\r\nhello!\r\n0\r\n\r\n", "5\r\nhello\r\n\r\n0\r\n\r\n",
                                           "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\n0\r\n\rX",
                                           "5\r\nhello\r\n0\r\nX\r\n\r\n", "5\r\nhello\r\n0\r\nX : y\r\n\r\n",
                                           "5\r\nhello\r\n0\r\nX: y\n\r\n", "5\r\nhello\r\n0\r\n x: y\r\n\r\n",
                                           "5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
                                           "5\r\nhello\r\n0\r\nX: a\rb\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n",
                                           "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n",
                                           "5;a=\"b\r\nhello\r\n0\r\n\r\n", "5;a=\x01\r\nhello\r\n0\r\n\r\n",
                                           "5;\x7f\r\nhello\r\n0\r\n\r\n"));

// OWS is spaces and tabs (RFC 9110 §5.6.3); names of codings have any letter case (RFC 9112 §7).
TEST(ParserChunked, InAnyLetterCaseAndWhitespace) {
  for (const char* coding :
       {"chunked", "Chunked", "CHUNKED", "  chunked  ", "\tchunked", "chunked\t", " \t chunked \t"}) {
    const std::string stream =
        std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:") + coding + "\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    const Outcome outcome = feed_whole(stream);
    ASSERT_TRUE(outcome.complete()) << coding << ": " << outcome;
    EXPECT_EQ(outcome.request.body, "hi");
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
  }
}

TEST(ParserChunked, NulInAnExtensionIs400) {
  EXPECT_EQ(feed_whole(chunked("5;a\0b\r\nhello\r\n0\r\n\r\n"s)).error_status, 400);
}

// For pieces and chunks of any size, only the head and the body are kept.
TEST(ParserChunked, KeepsNoFraming) {
  const std::string stream = chunked("3;x=y\r\nabc\r\n2\r\nde\r\n");
  const size_t head = stream.find("3;x");
  std::string buffer;
  RequestParser parser;
  for (const char byte : stream) {
    buffer.resize(parser.parsed());
    buffer += byte;
    ASSERT_EQ(parser.parse(buffer.data(), buffer.size()), Status::kNeedMore);
    ASSERT_LE(parser.parsed(), buffer.size());
  }
  EXPECT_TRUE(parser.head_complete());
  EXPECT_EQ(parser.parsed(), head + 5);
  EXPECT_EQ(std::string_view(buffer).substr(head, 5), "abcde");
}

TEST(ParserChunked, RandomChunksInRandomPieces) {
  std::mt19937 random(20240101);
  const auto up_to = [&](size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random); };
  for (int round = 0; round < 200; ++round) {
    std::string body;
    std::string framed;
    for (size_t chunk = up_to(12); chunk > 0; --chunk) {
      std::string data(1 + up_to(300), '\0');
      for (char& byte : data) byte = static_cast<char>(up_to(255));
      char size[32];
      std::snprintf(size, sizeof(size), up_to(1) == 0 ? "%zx" : "%04zX", data.size());
      framed += size + std::string(up_to(1) == 0 ? "\r\n" : ";ext=1\r\n") + data + "\r\n";
      body += data;
    }
    const std::string stream = chunked(framed + "0\r\n\r\n");
    std::vector<std::string_view> pieces;
    for (std::string_view rest = stream; !rest.empty(); rest.remove_prefix(pieces.back().size())) {
      pieces.push_back(rest.substr(0, 1 + up_to(200)));
    }
    const Outcome outcome = feed(pieces);
    ASSERT_TRUE(outcome.complete()) << "round " << round << ": " << outcome;
    ASSERT_EQ(outcome.request.body, body) << "round " << round;
    ASSERT_EQ(outcome, feed_whole(stream)) << "round " << round;
  }
}

}  // namespace
}  // namespace duel::http::core
