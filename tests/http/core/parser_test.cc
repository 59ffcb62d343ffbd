#include "http/core/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/http/core/parser_feed.h"

namespace duel::http::core {
namespace {

using ::testing::ElementsAre;
using testing::feed;
using testing::feed_bytewise;
using testing::feed_pipeline;
using testing::feed_whole;
using testing::first_differing_split;
using testing::Outcome;
using ::testing::Pair;
using testing::Seen;
using Status = RequestParser::Status;

TEST(Parser, ReadsARequest) {
  const std::string stream =
      "GET /a/b?c=d&e HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: test/1.0\r\nAccept: */*\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.consumed, stream.size());
  const Seen& request = outcome.request;
  EXPECT_EQ(request.method, Method::kGet);
  EXPECT_EQ(request.method_name, "GET");
  EXPECT_EQ(request.target, "/a/b?c=d&e");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d&e");
  EXPECT_EQ(request.host, "example.org:8080");
  EXPECT_EQ(request.minor_version, 1);
  EXPECT_TRUE(request.keep_alive);
  EXPECT_FALSE(request.expects_continue);
  EXPECT_EQ(request.body, "");
  EXPECT_THAT(request.fields,
              ElementsAre(Pair("Host", "example.org:8080"), Pair("User-Agent", "test/1.0"), Pair("Accept", "*/*")));
}

TEST(Parser, IsNotStartedWithoutBytes) {
  RequestParser parser;
  EXPECT_FALSE(parser.started());
  EXPECT_FALSE(parser.head_complete());
  EXPECT_EQ(parser.parsed(), 0U);
  char nothing[1] = {};
  EXPECT_EQ(parser.parse(nothing, 0), Status::kNeedMore);
  EXPECT_FALSE(parser.started());
}

TEST(Parser, ReportsItsProgress) {
  std::string stream = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789";
  const size_t head = stream.find("0123");
  RequestParser parser;
  EXPECT_EQ(parser.parse(stream.data(), 5), Status::kNeedMore);
  EXPECT_TRUE(parser.started());
  EXPECT_FALSE(parser.head_complete());
  EXPECT_EQ(parser.parsed(), 5U);
  EXPECT_EQ(parser.parse(stream.data(), head - 1), Status::kNeedMore);
  EXPECT_FALSE(parser.head_complete());
  EXPECT_EQ(parser.parse(stream.data(), head), Status::kNeedMore);
  EXPECT_TRUE(parser.head_complete());
  EXPECT_FALSE(parser.body_started());
  EXPECT_EQ(parser.parse(stream.data(), head + 3), Status::kNeedMore);
  EXPECT_TRUE(parser.body_started());
  EXPECT_EQ(parser.parse(stream.data(), stream.size()), Status::kComplete);
  EXPECT_EQ(parser.consumed(), stream.size());
  EXPECT_EQ(parser.request(stream.data()).body, "0123456789");
}

TEST(Parser, ResetForgetsEverything) {
  RequestParser parser;
  std::string first = "POST http://other/p?q HTTP/1.0\r\nConnection: close\r\nExpect: x\r\nX-Old: 1\r\n";
  EXPECT_EQ(parser.parse(first.data(), first.size()), Status::kNeedMore);
  parser.reset();
  EXPECT_FALSE(parser.started());
  std::string second = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(parser.parse(second.data(), second.size()), Status::kComplete);
  EXPECT_EQ(testing::seen(parser, second.data()), feed_whole(second).request);
}

TEST(Parser, ReadsGoodRequestsAfterABadOne) {
  RequestParser parser;
  std::string bad = "GET / HTTP/1.1\r\nHo st: a\r\n\r\n";
  EXPECT_EQ(parser.parse(bad.data(), bad.size()), Status::kError);
  EXPECT_EQ(parser.error_status(), 400);
  EXPECT_STRNE(parser.error_reason(), "");
  parser.reset();
  std::string good = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(parser.parse(good.data(), good.size()), Status::kComplete);
}

TEST(Parser, ViewsFollowTheBytes) {
  RequestParser parser;
  const std::string stream = "PUT /where?q=1 HTTP/1.1\r\nHost: h\r\nA: b\r\nContent-Length: 4\r\n\r\nbody";
  std::string first = stream;
  ASSERT_EQ(parser.parse(first.data(), first.size()), Status::kComplete);
  std::string second = stream;
  std::memset(first.data(), '!', first.size());
  const Request request = parser.request(second.data());
  EXPECT_EQ(request.path, "/where");
  EXPECT_EQ(request.query, "q=1");
  EXPECT_EQ(request.host, "h");
  EXPECT_EQ(request.header("A"), "b");
  EXPECT_EQ(request.body, "body");
  EXPECT_EQ(request.path.data(), second.data() + 4);
}

TEST(Parser, KnowsEveryMethodOfTheRouters) {
  for (const std::string_view name : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
    const std::string stream = std::string(name) + " /x HTTP/1.1\r\nHost: a\r\n\r\n";
    const Outcome outcome = feed_whole(stream);
    ASSERT_TRUE(outcome.complete()) << outcome;
    EXPECT_EQ(outcome.request.method, method_of(name));
    EXPECT_EQ(outcome.request.method_name, name);
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos) << name;
  }
}

TEST(Parser, OtherKnownMethodsKeepTheirName) {
  const Outcome outcome = feed_whole("PROPFIND /x HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.method, Method::kOther);
  EXPECT_EQ(outcome.request.method_name, "PROPFIND");
}

// A CR is kept until its LF arrives: a CR alone is not an empty line.
TEST(Parser, IsStartedByHalfAnEmptyLine) {
  RequestParser parser;
  char bytes[] = "\r\n\r\n";
  EXPECT_EQ(parser.parse(bytes, 1), RequestParser::Status::kNeedMore);
  EXPECT_TRUE(parser.started());
  EXPECT_EQ(parser.parse(bytes, 2), RequestParser::Status::kNeedMore);
  EXPECT_FALSE(parser.started());
  EXPECT_EQ(parser.parse(bytes, 3), RequestParser::Status::kNeedMore);
  EXPECT_TRUE(parser.started());
}

// The parser must know the method, because an error answer to HEAD has no body (RFC 9110 §9.3.2).
TEST(Parser, KnowsTheMethodOfARefusedRequest) {
  RequestParser parser;
  char head[] = "\r\nHEAD /a b HTTP/1.1\r\n\r\n";
  EXPECT_EQ(parser.method(head), Method::kOther);
  EXPECT_EQ(parser.parse(head, sizeof head - 1), RequestParser::Status::kError);
  EXPECT_EQ(parser.method(head), Method::kHead);
}

TEST(Parser, IgnoresEmptyLinesBeforeTheRequest) {
  const std::string stream = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.consumed, stream.size());
  EXPECT_EQ(outcome.request.target, "/");
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

// RFC 9112 §5: optional whitespace around a value is not part of it.
TEST(Parser, TrimsValues) {
  const std::string stream =
      "GET / HTTP/1.1\r\nHost:a\r\nA:  b c \t \r\nB:\r\nC: \t \r\nD:\td\r\nE: e\t\r\nF: \"  q  \"  \r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_THAT(outcome.request.fields, ElementsAre(Pair("Host", "a"), Pair("A", "b c"), Pair("B", ""), Pair("C", ""),
                                                  Pair("D", "d"), Pair("E", "e"), Pair("F", "\"  q  \"")));
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

// RFC 9110 §5.5 (obs-text) and §5.6.2 (tokens).
TEST(Parser, AcceptsEveryAllowedCharacter) {
  std::string value;
  for (int c = 0x21; c < 0x100; ++c) {
    if (c != 0x7f) value += static_cast<char>(c);
  }
  const std::string name = "!#$%&'*+-.^_`|~0123456789abcxyzABCXYZ";
  const std::string stream = "GET / HTTP/1.1\r\nHost: a\r\n" + name + ": " + value + "\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_THAT(outcome.request.fields, ElementsAre(Pair("Host", "a"), Pair(name, value)));
}

struct Persistence {
  const char* version;
  const char* fields;
  bool keep_alive;
};

class ParserConnection : public ::testing::TestWithParam<Persistence> {};

TEST_P(ParserConnection, DecidesPersistence) {
  const Persistence& it = GetParam();
  const std::string stream =
      std::string("GET / HTTP/") + it.version + "\r\nHost: a\r\n" + it.fields + "X-Last: x\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.keep_alive, it.keep_alive);
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

// RFC 9112 §9.3: `close` wins at any place. The lines of the field form one list (RFC 9110 §7.6.1).
INSTANTIATE_TEST_SUITE_P(
    Rfc9112Section93, ParserConnection,
    ::testing::Values(
        Persistence{"1.1", "", true}, Persistence{"1.1", "Connection: close\r\n", false},
        Persistence{"1.1", "Connection: CLOSE\r\n", false}, Persistence{"1.1", "connection:close\t\r\n", false},
        Persistence{"1.1", "Connection: keep-alive\r\n", true},
        Persistence{"1.1", "Connection: keep-alive, close\r\n", false},
        Persistence{"1.1", "Connection: close, keep-alive\r\n", false},
        Persistence{"1.1", "Connection: close\r\nConnection: keep-alive\r\n", false},
        Persistence{"1.1", "Connection: keep-alive\r\nConnection: close\r\n", false},
        Persistence{"1.1", "Connection: x\r\nA: b\r\nConnection: y ,\tclose , z\r\n", false},
        Persistence{"1.1", "Connection: ,, close ,\r\n", false}, Persistence{"1.1", "Connection: closed\r\n", true},
        Persistence{"1.1", "Connection: not-close\r\n", true}, Persistence{"1.1", "Connection: close-not\r\n", true},
        Persistence{"1.1", "Connection: clos e\r\n", true}, Persistence{"1.1", "Connection:\r\n", true},
        Persistence{"1.1", "X-Connection: close\r\n", true}, Persistence{"1.1", "Proxy-Connection: close\r\n", true},
        Persistence{"1.0", "", false}, Persistence{"1.0", "Connection: keep-alive\r\n", true},
        Persistence{"1.0", "Connection: Keep-Alive\r\n", true},
        Persistence{"1.0", "Connection: x, keep-alive\r\n", true},
        Persistence{"1.0", "Connection: x\r\nConnection: keep-alive\r\n", true},
        Persistence{"1.0", "Connection: keep-alive, close\r\n", false},
        Persistence{"1.0", "Connection: keep-alive\r\nConnection: close\r\n", false},
        Persistence{"1.0", "Connection: close\r\nConnection: keep-alive\r\n", false},
        Persistence{"1.0", "Connection: keep-alives\r\n", false}, Persistence{"1.0", "Connection: close\r\n", false}));

TEST(Parser, AnswersPipelinedRequestsOneByOne) {
  const std::string stream =
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
      "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: t\r\n\r\n"
      "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n"
      "\r\nGET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
      "GET /incomplete HTTP/1.1\r\nHo";
  std::string rest;
  const std::vector<Seen> requests = feed_pipeline(stream, &rest);
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(requests[0].target, "/1");
  EXPECT_EQ(requests[1].target, "/2");
  EXPECT_EQ(requests[1].body, "hello");
  EXPECT_EQ(requests[2].target, "/3");
  EXPECT_EQ(requests[2].body, "abcde");
  EXPECT_EQ(requests[3].target, "/4");
  EXPECT_EQ(requests[3].body, "");
  EXPECT_EQ(requests[4].target, "/5");
  EXPECT_FALSE(requests[4].keep_alive);
  EXPECT_EQ(rest, "GET /incomplete HTTP/1.1\r\nHo");
}

TEST(Parser, LeavesTheNextRequestUntouched) {
  const std::string first =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n";
  const std::string next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string stream = first + next;
  for (size_t at = 0; at < first.size(); ++at) {
    std::string buffer = stream.substr(0, at);
    RequestParser parser;
    ASSERT_EQ(parser.parse(buffer.data(), buffer.size()), Status::kNeedMore) << at;
    buffer.resize(parser.parsed());
    buffer += stream.substr(at);
    ASSERT_EQ(parser.parse(buffer.data(), buffer.size()), Status::kComplete) << at;
    EXPECT_EQ(buffer.substr(parser.consumed()), next) << "split at " << at;
    EXPECT_EQ(parser.request(buffer.data()).body, "abc") << "split at " << at;
  }
}

// RFC 9110 §7.8: Upgrade may be ignored; the following bytes are HTTP/1.1 as before.
TEST(Parser, IgnoresUpgrade) {
  const std::string stream =
      "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
      "Content-Length: 3\r\n\r\nabc"
      "POST /3 HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nxyz\r\n0\r\n\r\n"
      "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string rest;
  const std::vector<Seen> requests = feed_pipeline(stream, &rest);
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_TRUE(requests[0].keep_alive);
  EXPECT_EQ(requests[1].body, "abc");
  EXPECT_EQ(requests[2].body, "xyz");
  EXPECT_EQ(requests[3].target, "/4");
  EXPECT_EQ(rest, "");
}

TEST(Parser, ExpectsContinue) {
  for (const char* value : {"100-continue", "100-Continue", " 100-CONTINUE \t"}) {
    const std::string stream =
        std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: ") + value + "\r\n\r\nhi";
    const Outcome outcome = feed_whole(stream);
    ASSERT_TRUE(outcome.complete()) << outcome;
    EXPECT_TRUE(outcome.request.expects_continue) << value;
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
  }
}

// RFC 9110 §10.1.1: the expectation of an HTTP/1.0 client is ignored.
TEST(Parser, IgnoresExpectContinueInHttp10) {
  const Outcome outcome = feed_whole("POST / HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nhi");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_FALSE(outcome.request.expects_continue);
}

// Each request of this list gives the same result when it is split at any offset.
TEST(Parser, SplitsDoNotMatter) {
  const std::string kStreams[] = {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a/b/c?d=e#f HTTP/1.0\r\n\r\n",
      "GET http://user.example:80/p/q?r=s HTTP/1.1\r\nHost: x\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nA:b\r\nC:\r\nD: \t e \r\n\r\n",
      "POST /x HTTP/1.1\r\nContent-Length: 12\r\nExpect: 100-continue\r\nHost: a\r\n\r\nhello\r\n\r\nabc",
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: x\r\nConnection: close\r\n\r\n"
      "1\r\na\r\n00a;n=v\r\n0123456789\r\n2 ;q=\"x;y\"\r\nzz\r\n0\r\nTrailer: t\r\nOther: \t x \r\n\r\n",
      "DELETE /gone HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 0\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nEmpty:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nBlank: \t \r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nBlank:  \r\n\r\nhi",
      // Requests that are refused: the error must be the same.
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n folded\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
      "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
  };
  for (const std::string& stream : kStreams) {
    const Outcome whole = feed_whole(stream);
    EXPECT_NE(whole.status, Status::kNeedMore) << stream;
    EXPECT_EQ(first_differing_split(stream, whole), std::string::npos)
        << stream << "\nin one piece: " << whole << "\nbyte by byte: " << feed_bytewise(stream);
  }
}

TEST(Parser, TwoSplitsDoNotMatter) {
  const std::string stream =
      "POST /t?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n2;x=y\r\n!!\r\n0\r\nT: "
      "t\r\n\r\n";
  const Outcome whole = feed_whole(stream);
  ASSERT_TRUE(whole.complete()) << whole;
  for (size_t one = 0; one <= stream.size(); ++one) {
    for (size_t two = one; two <= stream.size(); ++two) {
      const std::string_view all = stream;
      ASSERT_EQ(feed({all.substr(0, one), all.substr(one, two - one), all.substr(two)}), whole) << one << ", " << two;
    }
  }
}

}  // namespace
}  // namespace duel::http::core
