#include <gtest/gtest.h>

#include <string>

#include "tests/http/core/parser_feed.h"

// Requests that must not reach a handler. Each is fed in one piece, byte by byte, and split at every offset.
namespace duel::http::core {
namespace {

using testing::feed_whole;
using testing::first_differing_split;
using testing::Outcome;

void expect_rejected(const std::string& stream, std::initializer_list<int> statuses) {
  const Outcome outcome = feed_whole(stream);
  EXPECT_EQ(outcome.status, RequestParser::Status::kError) << stream << "\n" << outcome;
  EXPECT_NE(std::find(statuses.begin(), statuses.end(), outcome.error_status), statuses.end())
      << stream << "\n"
      << outcome << ", expected " << ::testing::PrintToString(statuses);
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos) << stream;
}

// A placeholder for NUL, which a C string cannot contain.
std::string with_nul(std::string stream) {
  for (char& c : stream) {
    if (c == '\x1a') c = '\0';
  }
  return stream;
}

class RejectedLine : public ::testing::TestWithParam<const char*> {};
class RejectedVersion : public ::testing::TestWithParam<const char*> {};
class UnknownMethod : public ::testing::TestWithParam<const char*> {};
class RejectedField : public ::testing::TestWithParam<const char*> {};
class RejectedHost : public ::testing::TestWithParam<const char*> {};
class AllowedHost : public ::testing::TestWithParam<const char*> {};
class RejectedLength : public ::testing::TestWithParam<const char*> {};
class RejectedCoding : public ::testing::TestWithParam<const char*> {};
class RejectedExpectation : public ::testing::TestWithParam<const char*> {};

TEST_P(RejectedLine, Is400) {
  expect_rejected(std::string(GetParam()) + "\r\nHost: a\r\n\r\n", {400});
}

// RFC 9112 §3: one space before and after the target, and CRLF at the end.
INSTANTIATE_TEST_SUITE_P(Rfc9112Section3, RejectedLine,
                         ::testing::Values("GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
                                           "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / HTTP/1.1\t",
                                           "GET /a b HTTP/1.1", "GET/ HTTP/1.1", "GET /HTTP/1.1", "GET HTTP/1.1", "GET",
                                           "/ HTTP/1.1", "GE\rT / HTTP/1.1", "GET /\r HTTP/1.1", "GET / HTTP/1.1\r",
                                           "GET / HTTP/1.1 x", "G@T / HTTP/1.1", "G(T / HTTP/1.1", "\"GET\" / HTTP/1.1",
                                           "GET: / HTTP/1.1", "\x16\x03\x01\x02",
                                           "GET / HTTP/1.1\r\nX: y\rGET / HTTP/1.1"));

// RFC 9112 §2.3, RFC 9110 §2.5.
TEST_P(RejectedVersion, Is400Or505) {
  expect_rejected(std::string("GET / ") + GetParam() + "\r\nHost: a\r\n\r\n", {400, 505});
}

INSTANTIATE_TEST_SUITE_P(Rfc9112Section23, RejectedVersion,
                         ::testing::Values("HTTP/0.9", "HTTP/1.10", "HTTP/1.01", "HTTP/01.1", "HTTP/2.0", "HTTP/3.0",
                                           "HTTP/2", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1,1", "HTTP/1 .1",
                                           "HTTP/1.1.1", "HTTP/A.1", "HTTP/-1.1", "HTTP/+1.1", "http/1.1", "Http/1.1",
                                           "HTTPS/1.1", "HTTP 1.1", "HTTP/", "HTT/1.1", "ICE/1.0", "RTSP/1.0",
                                           "HTTP/11", "HTTP/1.1a"));

// RFC 9110 §2.5: an unknown minor version is treated as the highest known one.
TEST(AllowedVersion, ALaterMinorVersion) {
  for (const char* version : {"1.2", "1.3", "1.9"}) {
    const std::string stream =
        std::string("\r\nPOST /a HTTP/") + version + "\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";
    const Outcome outcome = feed_whole(stream + "GET");
    ASSERT_TRUE(outcome.complete()) << version << ": " << outcome;
    EXPECT_EQ(outcome.request.minor_version, 1);
    EXPECT_EQ(outcome.request.body, "hi");
    EXPECT_TRUE(outcome.request.keep_alive);
    EXPECT_EQ(outcome.consumed, stream.size());
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
  }
  expect_rejected("GET / HTTP/1.23\r\nHost: a\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.2\r\n\r\n", {400});
}

TEST(RejectedVersion, AnotherMajorVersionIs505) {
  expect_rejected("GET / HTTP/2.0\r\nHost: a\r\n\r\n", {505});
  expect_rejected("GET / HTTP/3.0\r\nHost: a\r\n\r\n", {505});
}

TEST(RejectedVersion, Http09AndHttp2Prefaces) {
  expect_rejected("GET /\r\n\r\n", {400});
  expect_rejected("GET /a/b?c\r\n", {400});
  expect_rejected("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505});
}

// RFC 9110 §9.1: methods are case-sensitive tokens; an unknown method is 501 (§15.6.2).
TEST_P(UnknownMethod, Is501) {
  expect_rejected(std::string(GetParam()) + " / HTTP/1.1\r\nHost: a\r\n\r\n", {501});
}

INSTANTIATE_TEST_SUITE_P(Rfc9110Section91, UnknownMethod,
                         ::testing::Values("BREW", "get", "Get", "GETX", "G", "GE", "FOO-BAR", "X!#$%&'*+.^_`|~9",
                                           "POSTPOSTPOST"));

// RFC 9112 §2.2: bytes without a request line are not HTTP, so they are 400 and not an unknown method.
TEST(UnknownMethod, NeedsTheRestOfARequestLine) {
  for (const char* line : {"hello", "BREW", "BREW /", "BREW / ", "BREW / HTTP/1", "BREW /a b HTTP/1.1",
                           "BREW  / HTTP/1.1", "BREW / HTTP/1.1 ", "BREW / http/1.1", "BREW /\xc3\xa4 HTTP/1.1",
                           "Host: a", "HTTP/1.1 200 OK", "BREW\t/ HTTP/1.1", "GETX /"}) {
    expect_rejected(std::string(line) + "\r\n\r\n", {400});
  }
  expect_rejected("BREW / HTTP/1.1\n\n", {400});
  expect_rejected("DESCRIBE / HTTP/1.1\r\nHost: a\r\n\r\n", {501});  // a method of RTSP
  EXPECT_EQ(feed_whole("BREW / HTTP/1.1\r").status, RequestParser::Status::kNeedMore);
}

TEST_P(RejectedField, Is400) {
  expect_rejected(with_nul(std::string("GET / HTTP/1.1\r\nHost: a\r\n") + GetParam() + "\r\nZ: z\r\n\r\n"), {400});
}

// RFC 9112 §5.1: no whitespace before the colon; §5.2: no folding; RFC 9110 §5.1, §5.5, §5.6.2: tokens and values.
INSTANTIATE_TEST_SUITE_P(Rfc9112Section5, RejectedField,
                         ::testing::Values("A : b", "A\t: b", "A b: c", "A", ": b", " A: b", "\tA: b", "A: b\r\n c",
                                           "A: b\r\n\tc", "A: b\r\n ", "A@: b", "A(: b", "A/B: c", "A,B: c", "\"A\": b",
                                           "[A]: b", "{A}: b", "A=b: c", "\xc3\xa4: b", "A\x7f: b", "A\x01: b",
                                           "\x1a: b", "A\x1a: b", "A\\B: c"));
INSTANTIATE_TEST_SUITE_P(Values, RejectedField,
                         ::testing::Values("A: \x1a", "A: b\x1a",
                                           "A: \x1a"
                                           "b",
                                           "A: b\rc", "A: b\r", "A: b\nC: d", "A: b\n", "A: \n",
                                           "A: b\n\nGET / HTTP/1.1", "A: b\r\rC: d", "A: b\x01", "A: \x08", "A: b\x7f",
                                           "A: b\x0b\x63", "A: \x0c"));

TEST(RejectedField, OnTheFirstLine) {
  expect_rejected("GET / HTTP/1.1\r\n Host: a\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\n\tX: y\r\nHost: a\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost : a\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\n:\r\nHost: a\r\n\r\n", {400});
}

// RFC 9112 §2.2: lines end in CRLF. A bare LF may be accepted, a bare CR must not; refusing both is safe.
TEST(RejectedField, BareLineEnds) {
  expect_rejected("GET / HTTP/1.1\nHost: a\n\n", {400});
  expect_rejected("GET / HTTP/1.1\rHost: a\r\r", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\n\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\n\rX", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\nHost: a\r\n\r\n", {400});
}

// Before the request line, the parser ignores only empty lines that are CRLF (RFC 9112 §2.2).
TEST(RejectedField, BareLineEndsBeforeTheRequest) {
  for (const char* before : {"\r", "\n", "\r\r\n", "\n\r", "\r\n\r", "\r\n\n", " \r\n", "\t"}) {
    expect_rejected(std::string(before) + "GET / HTTP/1.1\r\nHost: a\r\n\r\n", {400});
  }
}

TEST(RejectedHost, MissingOrTwice) {
  expect_rejected("GET / HTTP/1.1\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nX-Host: a\r\n\r\n", {400});
  expect_rejected("GET http://a/ HTTP/1.1\r\n\r\n", {400});
  expect_rejected("OPTIONS * HTTP/1.1\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: b\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.1\r\nHost:\r\nHost: b\r\n\r\n", {400});
  expect_rejected("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", {400});
}

TEST(AllowedHost, Http10NeedsNone) {
  const Outcome outcome = feed_whole("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.host, "");
  EXPECT_EQ(outcome.request.minor_version, 0);
  EXPECT_FALSE(outcome.request.keep_alive);
}

// RFC 9112 §3.2: an invalid Host is 400; the grammar is uri-host [ ":" port ] (RFC 9110 §7.2, RFC 3986 §3.2).
TEST_P(RejectedHost, Is400) {
  expect_rejected(std::string("GET / HTTP/1.1\r\nHost: ") + GetParam() + "\r\n\r\n", {400});
  expect_rejected(std::string("GET http://a/ HTTP/1.1\r\nHost: ") + GetParam() + "\r\n\r\n", {400});
  expect_rejected(std::string("GET / HTTP/1.0\r\nHost: ") + GetParam() + "\r\n\r\n", {400});
}

INSTANTIATE_TEST_SUITE_P(Rfc9112Section32, RejectedHost,
                         ::testing::Values("a b", "a, b", "a/b", "a/", "/a", "http://a", "a?b", "a#b", "user@a", "a:b",
                                           "a:80b", "a:-1", "a:80:80", "a: 80", "a :80", "[::1", "::1]", "[::1]b",
                                           "[::1]:b", "[]", "[g::1]", "::1", "a\\b", "a<b", "a>b", "a\"b", "a{b}",
                                           "a|b", "a^b", "a`b", "a%", "a%2", "a%zz", "a\x80", "\xc3\xa4.example"));

TEST_P(AllowedHost, IsAccepted) {
  const std::string stream = std::string("GET / HTTP/1.1\r\nHost: ") + GetParam() + "\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.host, GetParam());
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Rfc3986Section32, AllowedHost,
                         ::testing::Values("a", "a.example.", "a:80", "a:", "127.0.0.1:8080", "[::1]", "[::1]:8080",
                                           "[2001:db8::192.0.2.1]", "a_b.c-d~e", "a!$&'()*+;=b", "ex%41mple",
                                           "xn--bcher-kva.example", "A.EXAMPLE"));

TEST_P(RejectedLength, Is400) {
  expect_rejected(std::string("POST / HTTP/1.1\r\nHost: a\r\n") + GetParam() + "\r\n\r\nhello", {400});
}

// RFC 9110 §8.6, RFC 9112 §6.3: a value that is not 1*DIGIT is refused, and so is a duplicate, even with the same
// value.
INSTANTIATE_TEST_SUITE_P(
    Rfc9112Section63, RejectedLength,
    ::testing::Values("Content-Length:", "Content-Length: ", "Content-Length: +5", "Content-Length: -5",
                      "Content-Length: -0", "Content-Length: 0x5", "Content-Length: 5a", "Content-Length: a",
                      "Content-Length: 5 5", "Content-Length: 5\t5", "Content-Length: 5, 5", "Content-Length: 5,5",
                      "Content-Length: 5,6", "Content-Length: 5,", "Content-Length: ,5", "Content-Length: 5.0",
                      "Content-Length: 5e0", "Content-Length: \"5\"", "Content-Length: 5;", "Content-Length: 5\x0b",
                      "Content-Length: 1_0", "Content-Length: \xef\xbc\x95", "Content-Length: 5\r\nContent-Length: 5",
                      "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nX: y\r\ncontent-length: 5",
                      "Content-Length: 0\r\nContent-Length: 5", "Content-Length: 5\r\n 5", "Content-Length : 5"));

// If the number does not fit into 64 bits, 400 and 413 are both correct.
TEST(RejectedLength, Overflow) {
  for (const char* length : {"18446744073709551616", "18446744073709551621", "99999999999999999999999",
                             "36893488147419103237", "340282366920938463463374607431768211461"}) {
    expect_rejected(std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ") + length + "\r\n\r\nhello",
                    {400, 413});
  }
}

TEST_P(RejectedCoding, Is400Or501) {
  expect_rejected(std::string("POST / HTTP/1.1\r\nHost: a\r\n") + GetParam() + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                  {400, 501});
}

// RFC 9112 §6.1: chunked must be the last coding and occur once; other codings are not implemented. The other values
// disguise `chunked`, so that some readers would not see it.
INSTANTIATE_TEST_SUITE_P(
    Rfc9112Section61, RejectedCoding,
    ::testing::Values(
        "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: identity", "Transfer-Encoding: identity, chunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nX: y\r\ntransfer-encoding: x",
        "Transfer-Encoding:", "Transfer-Encoding: ", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunkedx",
        "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: 'chunked'",
        "Transfer-Encoding: \x0b"
        "chunked",
        "Transfer-Encoding: chunked\x0b", "Transfer-Encoding: chu nked", "Transfer-Encoding: chunked chunked",
        "Transfer-Encoding: x chunked", "Transfer-Encoding: chunk", "Transfer-Encoding: cow",
        "Transfer-Encoding\t: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: x\r\n chunked",
        "Transfer-Encoding:\r\n chunked", "X: y\r\n Transfer-Encoding: chunked"));

TEST(RejectedCoding, AnUnknownCodingIs501) {
  for (const char* coding :
       {"gzip, chunked", "cow, chunked", "gzip;q=1, chunked", "gzip\r\nTransfer-Encoding: chunked"}) {
    expect_rejected(std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ") + coding + "\r\n\r\n0\r\n\r\n",
                    {501});
  }
}

// RFC 9112 §6.3: if chunked is not the last coding, the end of the body is unknown.
TEST(RejectedCoding, NotChunkedAtTheEndIs400) {
  for (const char* coding : {"cow", "gzip", "identity", "chunked, gzip", "chunked, identity", "chunked, chunked", "",
                             "chunked;q=1", "\"chunked\"", ", chunked", "chunked,", "xchunked"}) {
    expect_rejected(std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ") + coding + "\r\n\r\n0\r\n\r\n",
                    {400});
  }
}

// llhttp refuses the length at its colon, which may be the last received byte: the parser must not read beyond it.
TEST(RejectedCoding, WithALengthThatEndsAtItsColon) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length:";
  std::string bytes = head + "\t\t";
  RequestParser parser;
  EXPECT_EQ(parser.parse(bytes.data(), head.size()), RequestParser::Status::kError);
  EXPECT_EQ(bytes, head + "\t\t");
}

// RFC 9112 §6.1: this may be an attempt at request smuggling; §6.3 allows a server to refuse it.
TEST(RejectedCoding, WithALengthIs400) {
  expect_rejected("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                  {400});
  expect_rejected("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  {400});
  expect_rejected(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400});
}

// RFC 9112 §6.1: the framing of such a message is faulty.
TEST(RejectedCoding, InHttp10Is400) {
  expect_rejected("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400});
  expect_rejected(
      "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      {400});
}

TEST(AllowedCoding, ChunkedInAnyCaseAndAmongSpaces) {
  for (const char* value : {"chunked", "Chunked", "CHUNKED", " \tchunked  "}) {
    const std::string stream =
        std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:") + value + "\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    const Outcome outcome = feed_whole(stream);
    ASSERT_TRUE(outcome.complete()) << value << ": " << outcome;
    EXPECT_EQ(outcome.request.body, "hi");
  }
}

// Names that resemble framing fields have no effect on framing.
TEST(AllowedCoding, LookAlikesAreOrdinaryFields) {
  for (const char* name : {"Transfer_Encoding", "Transfer-Encodin", "Transfer-Encodings", "Content_Length",
                           "Content-Lengthx", "X-Content-Length"}) {
    const std::string head = std::string("POST / HTTP/1.1\r\nHost: a\r\n") + name + ": 5\r\n\r\n";
    const Outcome outcome = feed_whole(head + "hello");
    ASSERT_TRUE(outcome.complete()) << name << ": " << outcome;
    EXPECT_EQ(outcome.consumed, head.size()) << name;
  }
}

// RFC 9110 §10.1.1: 417 for an expectation other than 100-continue.
TEST_P(RejectedExpectation, Is417) {
  expect_rejected(
      std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: ") + GetParam() + "\r\n\r\nhi", {417});
}

INSTANTIATE_TEST_SUITE_P(Rfc9110Section1011, RejectedExpectation,
                         ::testing::Values("x", "100-continued", "200-ok", "100-continue, x", "x, 100-continue",
                                           "100-continue\r\nExpect: x", "100-continue=1"));

// The reason must be true: it must not name a fault that the request does not have, and must not recommend a form that
// is refused too.
TEST(RejectedReason, NamesTheFault) {
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ";
  const struct {
    std::string stream;
    std::string_view reason;
  } cases[] = {
      {"GET / RTSP/1.0\r\n\r\n", "bad request line"},
      {"GET / ICE/1.0\r\n\r\n", "bad request line"},
      {"GET / http/1.1\r\n\r\n", "bad request line"},
      {"GET /a b HTTP/1.1\r\n\r\n", "bad request line"},
      {"GET / \r\n\r\n", "bad request line"},
      {post + ", chunked\r\n\r\n", "malformed Transfer-Encoding"},
      {post + "a b, chunked\r\n\r\n", "malformed Transfer-Encoding"},
      {post + "\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed Transfer-Encoding"},
      {post + "gzip\r\n\r\n", "Transfer-Encoding that is not chunked at its end"},
  };
  for (const auto& one : cases) {
    std::string bytes = one.stream;
    core::RequestParser parser;
    EXPECT_EQ(parser.parse(bytes.data(), bytes.size()), core::RequestParser::Status::kError) << one.stream;
    EXPECT_EQ(parser.error_status(), 400) << one.stream;
    EXPECT_EQ(std::string_view(parser.error_reason()), one.reason) << one.stream;
  }
}

}  // namespace
}  // namespace duel::http::core
