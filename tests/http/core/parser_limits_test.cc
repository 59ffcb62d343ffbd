#include <gtest/gtest.h>

#include <string>

#include "http/limits.h"
#include "tests/http/core/parser_feed.h"

namespace duel::http::core {
namespace {

using testing::feed;
using testing::feed_bytewise;
using testing::feed_whole;
using testing::Outcome;
using Status = RequestParser::Status;

// The result must be the same in one piece, in pieces of a receive buffer's size, and byte by byte.
Outcome feed_every_way(const std::string& stream, uint64_t max_body = limits::kMaxBodyBytes) {
  const Outcome whole = feed_whole(stream, max_body);
  EXPECT_EQ(feed_bytewise(stream, max_body), whole);
  for (const size_t size : std::initializer_list<size_t>{512, 1000, 4096}) {
    std::vector<std::string_view> pieces;
    for (size_t at = 0; at < stream.size(); at += size) pieces.push_back(std::string_view(stream).substr(at, size));
    EXPECT_EQ(feed(pieces, max_body), whole) << "in pieces of " << size;
  }
  return whole;
}

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string chunked(const std::string& framed) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + framed;
}

// RFC 9112 §3: at least 8,000 octets.
TEST(ParserLimits, TakesLongRequestLines) {
  const std::string target = "/" + std::string(7'950, 'a') + "?" + std::string(30, 'b');
  const Outcome outcome = feed_every_way(get(target));
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.target, target);
}

TEST(ParserLimits, LongerRequestLinesAre414) {
  EXPECT_EQ(feed_every_way(get("/" + std::string(limits::kRequestLineBytes, 'a'))).error_status, 414);
  EXPECT_EQ(feed_every_way(get("/?" + std::string(3 * limits::kRequestLineBytes, 'a'))).error_status, 414);
  EXPECT_EQ(feed_every_way(get("http://" + std::string(limits::kRequestLineBytes, 'a') + "/")).error_status, 414);
}

TEST(ParserLimits, AnEndlessRequestLineIs414) {
  EXPECT_EQ(feed_every_way("GET /" + std::string(2 * limits::kRequestLineBytes, 'a')).error_status, 414);
}

TEST(ParserLimits, AnEndlessMethodIsRefused) {
  const Outcome outcome = feed_every_way(std::string(100'000, 'A'));
  EXPECT_TRUE(outcome.error_status == 501 || outcome.error_status == 400 || outcome.error_status == 414) << outcome;
}

TEST(ParserLimits, EmptyLinesWithoutEndAreRefused) {
  std::string stream;
  while (stream.size() < 2 * limits::kHeadBytes) stream += "\r\n";
  EXPECT_EQ(feed_every_way(stream).status, Status::kError);
}

TEST(ParserLimits, TakesManyFields) {
  std::string fields;
  for (size_t i = 1; i < limits::kFieldCount; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
  const Outcome outcome = feed_every_way(get("/", fields));
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.fields.size(), limits::kFieldCount);
  EXPECT_EQ(outcome.request.fields.back().first, "X-" + std::to_string(limits::kFieldCount - 1));
}

TEST(ParserLimits, OneFieldMoreIs431) {
  std::string fields;
  for (size_t i = 1; i <= limits::kFieldCount; ++i) fields += "X-" + std::to_string(i) + ": v\r\n";
  EXPECT_EQ(feed_every_way(get("/", fields)).error_status, 431);
}

TEST(ParserLimits, TakesALargeHead) {
  const std::string stream = get("/", "X: " + std::string(limits::kHeadBytes - 100, 'v') + "\r\n");
  const Outcome outcome = feed_every_way(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.fields[1].second.size(), limits::kHeadBytes - 100);
}

TEST(ParserLimits, ALargerHeadIs431) {
  EXPECT_EQ(feed_every_way(get("/", "X: " + std::string(limits::kHeadBytes, 'v') + "\r\n")).error_status, 431);
  EXPECT_EQ(feed_every_way(get("/", std::string(limits::kHeadBytes, 'n') + ": v\r\n")).error_status, 431);
  std::string fields;
  for (int i = 0; i < 90; ++i) fields += "X: " + std::string(300, 'v') + "\r\n";
  EXPECT_EQ(feed_every_way(get("/", fields)).error_status, 431);
}

TEST(ParserLimits, AnEndlessHeadIs431) {
  EXPECT_EQ(feed_every_way("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2 * limits::kHeadBytes, 'v')).error_status,
            431);
  EXPECT_EQ(feed_every_way("GET / HTTP/1.1\r\nHost: a\r\n" + std::string(2 * limits::kHeadBytes, 'n')).error_status,
            431);
  EXPECT_EQ(feed_every_way("GET / HTTP/1.1\r\nHost: a\r\nX:" + std::string(2 * limits::kHeadBytes, ' ')).error_status,
            431);
}

TEST(ParserLimits, TheLimitOfTheHeadIsNotForTheBody) {
  const std::string body(3 * limits::kHeadBytes, 'b');
  const Outcome outcome = feed_every_way(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, body);
}

TEST(ParserLimits, TakesTheLargestBody) {
  const Outcome outcome = feed_every_way("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789", 10);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, "0123456789");
}

// The parser refuses the request after its head, before a byte of the body has arrived.
TEST(ParserLimits, ALargerBodyIs413) {
  EXPECT_EQ(feed_every_way("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 10).error_status, 413);
  EXPECT_EQ(feed_every_way("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551615\r\n\r\n").error_status,
            413);
  EXPECT_EQ(feed_every_way("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 0).error_status, 413);
}

// 413 instead of 100 Continue, so that the client does not send the body (RFC 9110 §10.1.1).
TEST(ParserLimits, ALargerBodyIs413EvenIfExpected) {
  EXPECT_EQ(feed_every_way("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n", 10)
                .error_status,
            413);
}

TEST(ParserLimits, TakesTheLargestChunkedBody) {
  const Outcome outcome = feed_every_way(chunked("6\r\n012345\r\n4\r\n6789\r\n0\r\n\r\n"), 10);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, "0123456789");
}

TEST(ParserLimits, ALargerChunkedBodyIs413) {
  EXPECT_EQ(feed_every_way(chunked("b\r\n"), 10).error_status, 413);
  EXPECT_EQ(feed_every_way(chunked("6\r\n012345\r\n5\r\n"), 10).error_status, 413);
  EXPECT_EQ(feed_every_way(chunked("7fffffffffffffff\r\n")).error_status, 413);
  EXPECT_EQ(feed_every_way(chunked("ffffffffffffffff\r\n")).error_status, 413);
  EXPECT_EQ(feed_every_way(chunked("5\r\nhello\r\nfffffffffffffffb\r\n")).error_status, 413) << "the sum overflows";
}

// A client may send its body in small chunks. A megabyte in chunks of 64 bytes has 96 KiB of framing.
TEST(ParserLimits, TakesManySmallChunks) {
  std::string framed;
  std::string body;
  for (int i = 0; i < 10'000; ++i) {
    framed += "40\r\n" + std::string(64, static_cast<char>('a' + i % 26)) + "\r\n";
    body += std::string(64, static_cast<char>('a' + i % 26));
  }
  const Outcome outcome = feed_whole(chunked(framed + "0\r\n\r\n"));
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, body);
}

// CVE-2023-39326: a client sends kilobytes of chunk extensions for each byte of the body, in one extension or in many.
TEST(ParserLimits, LongChunkExtensionsAre400) {
  const std::string extension(2 * limits::kChunkOverheadBytes, 'x');
  EXPECT_EQ(feed_every_way(chunked("1;" + extension + "\r\nb\r\n0\r\n\r\n")).error_status, 400);
  EXPECT_EQ(feed_every_way(chunked("1\r\nb\r\n0;" + extension + "\r\n\r\n")).error_status, 400);
  EXPECT_EQ(feed_every_way(chunked("1;" + std::string(2 * limits::kChunkOverheadBytes, 'x'))).error_status, 400);
  std::string framed;
  for (int i = 0; i < 1'000; ++i) framed += "1;" + std::string(100, 'x') + "\r\nb\r\n";
  EXPECT_EQ(feed_every_way(chunked(framed)).error_status, 400);
  EXPECT_EQ(feed_every_way(chunked(std::string(2 * limits::kChunkOverheadBytes, '0'))).error_status, 400);
}

TEST(ParserLimits, LongTrailersAreRefused) {
  std::string trailers = "0\r\n";
  for (int i = 0; i < 1'000; ++i) trailers += "T: " + std::string(100, 't') + "\r\n";
  const Outcome many = feed_every_way(chunked(trailers));
  EXPECT_TRUE(many.error_status == 400 || many.error_status == 431) << many;
  const Outcome one = feed_every_way(chunked("0\r\nT: " + std::string(2 * limits::kChunkOverheadBytes, 't')));
  EXPECT_TRUE(one.error_status == 400 || one.error_status == 431) << one;
}

TEST(ParserLimits, TakesSomeTrailersAndExtensions) {
  std::string framed = "1;" + std::string(500, 'x') + "\r\nb\r\n0\r\n";
  for (int i = 0; i < 20; ++i) framed += "T" + std::to_string(i) + ": " + std::string(20, 't') + "\r\n";
  const Outcome outcome = feed_every_way(chunked(framed + "\r\n"));
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.body, "b");
}

}  // namespace
}  // namespace duel::http::core
