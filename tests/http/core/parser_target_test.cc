#include <gtest/gtest.h>

#include <string>

#include "tests/http/core/parser_feed.h"

namespace duel::http::core {
namespace {

using testing::feed_whole;
using testing::first_differing_split;
using testing::Outcome;

struct Target {
  const char* method;
  const char* target;
  const char* path;
  const char* query;
  const char* host;
};

class ParserTarget : public ::testing::TestWithParam<Target> {};

TEST_P(ParserTarget, IsSplit) {
  const Target& it = GetParam();
  const std::string stream = std::string(it.method) + " " + it.target + " HTTP/1.1\r\nHost: from.field\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.target, it.target);
  EXPECT_EQ(outcome.request.path, it.path);
  EXPECT_EQ(outcome.request.query, it.query);
  EXPECT_EQ(outcome.request.host, it.host);
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(OriginForm, ParserTarget,
                         ::testing::Values(Target{"GET", "/", "/", "", "from.field"},
                                           Target{"GET", "/?", "/", "", "from.field"},
                                           Target{"GET", "/a?b?c=/d", "/a", "b?c=/d", "from.field"},
                                           Target{"GET", "//a//b", "//a//b", "", "from.field"},
                                           Target{"GET", "//other.host/b", "//other.host/b", "", "from.field"},
                                           Target{"GET", "/a%20b%2Fc%00", "/a%20b%2Fc%00", "", "from.field"},
                                           Target{"GET", "/../a/./b", "/../a/./b", "", "from.field"},
                                           Target{"GET", "/http://b/c", "/http://b/c", "", "from.field"},
                                           Target{"GET", "/:@!$&'()*+,;=-._~", "/:@!$&'()*+,;=-._~", "", "from.field"},
                                           Target{"OPTIONS", "/a", "/a", "", "from.field"}));

// RFC 9112 §3.2.2: a server accepts the absolute form in every request, and uses its authority instead of Host.
INSTANTIATE_TEST_SUITE_P(AbsoluteForm, ParserTarget,
                         ::testing::Values(Target{"GET", "http://h.example/a/b?c", "/a/b", "c", "h.example"},
                                           Target{"GET", "http://h.example:8080/", "/", "", "h.example:8080"},
                                           Target{"GET", "HTTP://h.example/a", "/a", "", "h.example"},
                                           Target{"GET", "http://[::1]:80/a", "/a", "", "[::1]:80"},
                                           // An empty path is "/" (RFC 9110 §4.2.3).
                                           Target{"GET", "http://h.example", "/", "", "h.example"},
                                           Target{"GET", "http://h.example?q=1", "/", "q=1", "h.example"},
                                           Target{"GET", "http://h.example/a?u=http://x/y?z", "/a", "u=http://x/y?z",
                                                  "h.example"}));

// RFC 9112 §3.2.4. For OPTIONS, the absolute form without path and query means the whole server, too.
INSTANTIATE_TEST_SUITE_P(AsteriskForm, ParserTarget,
                         ::testing::Values(Target{"OPTIONS", "*", "*", "", "from.field"},
                                           Target{"OPTIONS", "http://h.example:80", "*", "", "h.example:80"},
                                           Target{"OPTIONS", "http://h.example/", "/", "", "h.example"},
                                           Target{"OPTIONS", "http://h.example?", "/", "", "h.example"}));

// RFC 9112 §3.2.3: only CONNECT uses the authority form.
TEST(ParserTarget, AuthorityFormIsForConnect) {
  const std::string stream = "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.request.method, Method::kConnect);
  EXPECT_EQ(outcome.request.target, "h.example:443");
  EXPECT_EQ(outcome.consumed, stream.size());
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

TEST(ParserTarget, BytesAfterConnectAreNotParsed) {
  const std::string head = "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n";
  const Outcome outcome = feed_whole(head + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(outcome.complete()) << outcome;
  EXPECT_EQ(outcome.consumed, head.size());
}

class ParserBadTarget : public ::testing::TestWithParam<const char*> {};

TEST_P(ParserBadTarget, Is400) {
  const std::string stream = std::string(GetParam()) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const Outcome outcome = feed_whole(stream);
  EXPECT_EQ(outcome.error_status, 400) << outcome;
  EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Rfc9112Section32, ParserBadTarget,
                         ::testing::Values("GET *", "POST *", "GET a", "GET h.example:80", "GET h.example:80/a",
                                           "GET ?a=b", "GET http://", "GET http:///a", "GET http:/a", "GET http://?q",
                                           "GET http://:80/", "GET http://h ost/", "CONNECT /a", "CONNECT *",
                                           "CONNECT h.example", "CONNECT h.example:", "CONNECT :443",
                                           "CONNECT h.example:0", "CONNECT http://h.example:443/", "OPTIONS *a",
                                           "OPTIONS */"));

// Octets that no URI contains (RFC 3986 §2): controls, space, DEL and all above ASCII.
TEST(ParserTarget, OctetsOutsideOfUrisAre400) {
  for (int c = 0; c < 0x100; ++c) {
    if (c > 0x20 && c < 0x7f) continue;
    std::string stream = "GET /a_b HTTP/1.1\r\nHost: a\r\n\r\n";
    stream[6] = static_cast<char>(c);
    const Outcome outcome = feed_whole(stream);
    EXPECT_EQ(outcome.error_status, 400) << "octet " << c << ": " << outcome;
    EXPECT_EQ(first_differing_split(stream, outcome), std::string::npos) << "octet " << c;
  }
}

// Other characters that no URI contains and that no browser sends.
TEST(ParserTarget, CharactersOutsideOfUrisAre400) {
  const auto status = [](const std::string& target) {
    return feed_whole("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").error_status;
  };
  for (const char c : std::string("#<>\\^`{}")) EXPECT_EQ(status(std::string("/a") + c + "b"), 400) << c;
  for (const char c : std::string("#<>")) EXPECT_EQ(status(std::string("/a?b=") + c), 400) << c;
  for (const char c : std::string("|[]\"")) EXPECT_EQ(status(std::string("/a") + c + "b"), 0) << c;
  for (const char c : std::string("|[]\"\\^`{}")) EXPECT_EQ(status(std::string("/a?b=") + c), 0) << c;
}

// RFC 9110 §7.4: a request for an https URI is not served over http.
TEST(ParserTarget, AnotherSchemeIsMisdirected) {
  for (const char* target : {"https://h.example/a", "HTTPS://h.example"}) {
    EXPECT_EQ(feed_whole("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n").error_status, 421);
  }
}

}  // namespace
}  // namespace duel::http::core
