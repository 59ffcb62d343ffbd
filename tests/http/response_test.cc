#include "http/response.h"

#include <memory>
#include <string>

#include "alloc/counters.h"
#include "http/deferred_answer.h"
#include "tests/http/response_fixture.h"

namespace duel::http {
namespace {

using testing::ResponseTest;
using namespace std::string_literals;

TEST_F(ResponseTest, FramesTheBodyByItsLength) {
  start().end("pong");
  EXPECT_EQ(head().status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(head().value("Content-Length"), "4");
  EXPECT_EQ(head().value("Date"), "Mon, 01 Jan 2024 00:00:00 GMT");
  EXPECT_EQ(head().count("Content-Length"), 1U);
  EXPECT_EQ(head().count("Date"), 1U);
  EXPECT_EQ(head().count("Transfer-Encoding"), 0U);
  EXPECT_EQ(head().count("Connection"), 0U) << "HTTP/1.1 connections are persistent by default";
  EXPECT_EQ(body(), "pong");
  EXPECT_TRUE(response().ended());
  EXPECT_TRUE(response().keep_alive());
}

TEST_F(ResponseTest, AnEmptyBodyHasTheLengthZero) {
  start().end();
  EXPECT_EQ(head().value("Content-Length"), "0");
  EXPECT_EQ(body(), "");
}

TEST_F(ResponseTest, LengthsOfAllSizes) {
  for (const size_t size : std::initializer_list<size_t>{1, 9, 10, 99, 100, 999, 1'000, 65'535, 65'536, 1'000'000}) {
    output().clear();
    start().end(std::string(size, 'b'));
    EXPECT_EQ(head().value("Content-Length"), std::to_string(size));
    EXPECT_EQ(body(), std::string(size, 'b'));
  }
}

TEST_F(ResponseTest, BodyBytesAreNotInterpreted) {
  const std::string bytes = "\0\r\n\r\nHTTP/1.1 200 OK\r\n\xff"s;
  start().end(bytes);
  EXPECT_EQ(body(), bytes);
}

TEST_F(ResponseTest, AppendsToTheOutput) {
  start().end("one");
  const std::string first(bytes());
  start().end("two");
  EXPECT_EQ(bytes().substr(0, first.size()), first);
  const auto second = testing::read_response_head(bytes().substr(first.size()));
  ASSERT_TRUE(second);
  EXPECT_EQ(bytes().substr(first.size() + second->size), "two");
}

TEST_F(ResponseTest, EveryStatusHasItsReason) {
  const std::pair<int, std::string_view> kReasons[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {207, "Multi-Status"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {305, "Use Proxy"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {411, "Length Required"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {425, "Too Early"},
      {426, "Upgrade Required"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
      {299, ""},
  };
  for (const auto& [status, reason] : kReasons) {
    EXPECT_EQ(reason_phrase(status), reason) << status;
    output().clear();
    start().status(status);
    EXPECT_EQ(response().status(), status);
    response().end();
    EXPECT_EQ(head().status_line, "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason));
  }
}

// RFC 9110 §9.3.2: the fields of the answer to GET, without the content.
TEST_F(ResponseTest, HeadKeepsTheLengthAndDropsTheBytes) {
  start(Method::kHead).end("pong");
  EXPECT_EQ(head().value("Content-Length"), "4");
  EXPECT_EQ(body(), "");
}

// A 204 has neither Content-Length (RFC 9110 §8.6) nor Transfer-Encoding (RFC 9112 §6.1).
TEST_F(ResponseTest, NoContentHasNeitherBodyNorFraming) {
  start().status(204);
  response().end("not to be sent");
  EXPECT_EQ(head().count("Content-Length"), 0U);
  EXPECT_EQ(head().count("Transfer-Encoding"), 0U);
  EXPECT_EQ(body(), "");
}

// RFC 9110 §15.3.6 forbids content. Unlike 204, the answer needs a length, because its head does not end it (RFC 9112
// §6.3).
TEST_F(ResponseTest, ResetContentHasNoBody) {
  for (const Method method : {Method::kGet, Method::kPost, Method::kHead}) {
    for (const std::string_view dropped : {"", "not to be sent"}) {
      output().clear();
      start(method).status(205);
      response().end(dropped);
      EXPECT_EQ(head().value("Content-Length"), "0");
      EXPECT_EQ(head().count("Transfer-Encoding"), 0U);
      EXPECT_EQ(body(), "");
      EXPECT_TRUE(response().keep_alive());
    }
  }
}

TEST_F(ResponseTest, NotModifiedHasNoBody) {
  start().status(304);
  response().end();
  EXPECT_NE(head().value("Content-Length"), "0") << "Content-Length of a 304 is that of the 200 (RFC 9110 §8.6)";
  EXPECT_EQ(body(), "");
}

TEST_F(ResponseTest, NotModifiedDropsABody) {
  start().status(304);
  response().end("not to be sent");
  EXPECT_EQ(body(), "");
}

// RFC 9112 §9.3 and §9.6.
TEST_F(ResponseTest, SaysCloseWhenTheConnectionCloses) {
  start(Method::kGet, 1, false).end("x");
  EXPECT_EQ(head().value("Connection"), "close");
  EXPECT_FALSE(response().keep_alive());
}

TEST_F(ResponseTest, SaysKeepAliveToHttp10) {
  start(Method::kGet, 0, true).end("x");
  EXPECT_EQ(head().value("Connection"), "keep-alive");
  EXPECT_TRUE(response().keep_alive());
}

TEST_F(ResponseTest, ClosesForHttp10WithoutKeepAlive) {
  start(Method::kGet, 0, false).end("x");
  EXPECT_NE(head().value("Connection"), "keep-alive");
  EXPECT_FALSE(response().keep_alive());
}

TEST_F(ResponseTest, AHandlerMayClose) {
  start().close();
  response().end("x");
  EXPECT_EQ(head().value("Connection"), "close");
  EXPECT_EQ(head().count("Connection"), 1U);
  EXPECT_FALSE(response().keep_alive());
}

TEST_F(ResponseTest, AddKeepsEveryLineInOrder) {
  start();
  EXPECT_TRUE(response().add("Set-Cookie", "a=1"));
  EXPECT_TRUE(response().add("X-Between", "x"));
  EXPECT_TRUE(response().add("Set-Cookie", "b=2"));
  EXPECT_EQ(response().get("set-cookie"), "a=1");
  response().end();
  std::string all;
  for (const auto& [name, value] : head().fields) {
    if (name != "Date" && name != "Content-Length") all.append(name).append("=").append(value).append(";");
  }
  EXPECT_EQ(all, "Set-Cookie=a=1;X-Between=x;Set-Cookie=b=2;");
}

constexpr FieldLine kPlainText("Content-Type", "text/plain; charset=utf-8");
constexpr FieldLine kNoStore("Cache-Control", "no-store");

// The fields of the answer that the handler has set.
std::string own_fields(const testing::ResponseHead& head) {
  std::string all;
  for (const auto& [name, value] : head.fields) {
    if (name != "Date" && name != "Content-Length") all.append(name).append("=").append(value).append(";");
  }
  return all;
}

TEST_F(ResponseTest, AConstantFieldIsSentInItsPlace) {
  start().add(kPlainText);
  EXPECT_EQ(response().get("content-type"), "text/plain; charset=utf-8");
  response().end("pong");
  EXPECT_EQ(own_fields(head()), "Content-Type=text/plain; charset=utf-8;");
  EXPECT_EQ(body(), "pong");

  output().clear();
  start().add("A", "1");
  response().add(kPlainText);
  response().add(kNoStore);
  response().add("B", "2");
  response().add(kNoStore);
  response().end();
  EXPECT_EQ(own_fields(head()),
            "A=1;Content-Type=text/plain; charset=utf-8;Cache-Control=no-store;B=2;Cache-Control=no-store;");

  output().clear();
  start().end();
  EXPECT_EQ(own_fields(head()), "") << "the fields of the answer before";
}

TEST_F(ResponseTest, AConstantFieldIsReplacedAndRemovedAsOthersAre) {
  start().add(kPlainText);
  response().set("content-type", "text/html");
  response().end();
  EXPECT_EQ(own_fields(head()), "content-type=text/html;");

  output().clear();
  start().add("Content-Type", "text/html");
  response().add("A", "1");
  response().set(kPlainText);
  response().set(kPlainText);
  response().end();
  EXPECT_EQ(own_fields(head()), "A=1;Content-Type=text/plain; charset=utf-8;");

  output().clear();
  start().add(kNoStore);
  response().remove("Cache-Control");
  EXPECT_EQ(response().get("Cache-Control"), "");
  response().end();
  EXPECT_EQ(own_fields(head()), "");
}

TEST_F(ResponseTest, AConstantFieldNeedsSpaceAsOthersDo) {
  const size_t line = kPlainText.line().size();
  for (const bool fits : {true, false}) {
    output().clear();
    start();
    const std::string value(limits::kResponseFieldBytes - line - std::string_view("A: \r\n").size() + (fits ? 0 : 1),
                            'x');
    EXPECT_TRUE(response().add("A", value));
    response().add(kPlainText);
    response().end("pong");
    EXPECT_EQ(head().status_line, fits ? "HTTP/1.1 200 OK" : "HTTP/1.1 500 Internal Server Error");
    EXPECT_EQ(head().count("Content-Type"), 1U);
    EXPECT_EQ(head().count("A"), fits ? 1U : 0U);
  }
}

TEST_F(ResponseTest, SetReplacesAllOfTheName) {
  start();
  response().add("A", "1");
  response().add("B", "keep");
  response().add("a", "2");
  response().add("AB", "keep too");
  EXPECT_TRUE(response().set("A", "a longer value than before"));
  EXPECT_EQ(response().get("a"), "a longer value than before");
  response().end();
  EXPECT_EQ(head().count("A"), 1U);
  EXPECT_EQ(head().value("B"), "keep");
  EXPECT_EQ(head().value("AB"), "keep too");
}

TEST_F(ResponseTest, SetAddsAMissingField) {
  start();
  EXPECT_TRUE(response().set("Content-Type", "text/plain"));
  response().end();
  EXPECT_EQ(head().value("Content-Type"), "text/plain");
}

TEST_F(ResponseTest, SetAcceptsAViewOfAFieldOfItsOwn) {
  start();
  response().add("First", "some value that is in the way");
  response().add("Second", "other value");
  response().add("Third", "last");
  EXPECT_TRUE(response().set("First", response().get("Second")));
  EXPECT_TRUE(response().set("Third", response().get("third")));
  EXPECT_TRUE(response().add("Fourth", response().get("First")));
  EXPECT_EQ(response().get("First"), "other value");
  EXPECT_EQ(response().get("Second"), "other value");
  EXPECT_EQ(response().get("Third"), "last");
  EXPECT_EQ(response().get("Fourth"), "other value");
}

TEST_F(ResponseTest, RemoveRemovesAllFieldsOfTheNameOnly) {
  start();
  response().add("A", "1");
  response().add("AA", "2");
  response().add("a", "3");
  response().remove("A");
  response().remove("none");
  EXPECT_EQ(response().get("A"), "");
  EXPECT_EQ(response().get("AA"), "2");
  response().end();
  EXPECT_EQ(head().count("A"), 0U);
  EXPECT_EQ(head().value("AA"), "2");
}

TEST_F(ResponseTest, SetCookieReplacesTheFieldsOfTheSameCookieOnly) {
  start().add("Set-Cookie", "a=1");
  response().add("Set-Cookie", "ab=1");
  response().add("Set-Cookie", "A=1");
  response().add("X", "a=1");
  response().add("set-cookie", "a=2; Path=/");
  EXPECT_TRUE(response().set_cookie("a=; Max-Age=0"));
  EXPECT_TRUE(response().set_cookie("nameless"));
  EXPECT_TRUE(response().set_cookie("ab=2"));
  EXPECT_TRUE(response().set_cookie("a=3; Path=/"));
  response().end();
  EXPECT_EQ(head().count("Set-Cookie"), 4U);
  EXPECT_EQ(head().value("Set-Cookie"), "A=1");
  EXPECT_EQ(head().value("X"), "a=1");
  for (const char* kept :
       {"\r\nSet-Cookie: nameless\r\n", "\r\nSet-Cookie: ab=2\r\n", "\r\nSet-Cookie: a=3; Path=/\r\n"}) {
    EXPECT_NE(bytes().find(kept), std::string_view::npos) << bytes();
  }
}

TEST_F(ResponseTest, RemoveOfTheOnlyField) {
  start().add("A", "1");
  response().remove("a");
  response().end();
  EXPECT_EQ(head().count("A"), 0U);
}

TEST_F(ResponseTest, SpaceOfRemovedFieldsIsReused) {
  start();
  const std::string value(1'000, 'v');
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(response().set("X", value)) << "round " << i;
    response().remove("X");
  }
  response().end();
  EXPECT_EQ(head().status, 200);
}

// RFC 9110 §5.5: such characters are replaced by a space, so that a value cannot leave its line.
TEST_F(ResponseTest, NoValueSplitsTheResponse) {
  start();
  EXPECT_TRUE(response().add("A", "1\r\nSet-Cookie: evil=1"));
  EXPECT_TRUE(response().set("B", "2\n\nbody"));
  EXPECT_TRUE(response().add("C", "3\0x"s));
  EXPECT_TRUE(response().add("D", "\r\n"));
  response().end("body");
  EXPECT_EQ(head().value("A"), "1  Set-Cookie: evil=1");
  EXPECT_EQ(head().value("B"), "2  body");
  EXPECT_EQ(head().value("C"), "3 x");
  EXPECT_EQ(head().count("Set-Cookie"), 0U);
  EXPECT_EQ(body(), "body");
}

// The code compares 16 bytes at once, and the last bytes one by one. So each place is tried in values of many sizes.
TEST_F(ResponseTest, NoPlaceInAValueSplitsTheResponse) {
  for (const char c : {'\r', '\n', '\0'}) {
    for (size_t size = 1; size <= 70; ++size) {
      for (size_t at = 0; at < size; ++at) {
        std::string value(size, 'v');
        value[at] = c;
        start();
        ASSERT_TRUE(response().add("A", value));
        value[at] = ' ';
        ASSERT_EQ(response().get("A"), value) << "character " << int{c} << " at " << at << " of " << size;
      }
    }
  }
}

TEST_F(ResponseTest, KeepsTheOtherControlCharactersOfAValue) {
  start();
  ASSERT_TRUE(response().add("A", "a tab\tand a byte above ASCII \xe4, longer than a vector"));
  EXPECT_EQ(response().get("A"), "a tab\tand a byte above ASCII \xe4, longer than a vector");
}

TEST_F(ResponseTest, RefusesNamesThatAreNotTokens) {
  start();
  for (const std::string_view name : {"", "A B", "A:", "A\r\nB", "A\n", " A", "A ", "A\t", "(A)", "A,B", "\"A\"",
                                      "\xc3\xa4", "A/B", "A\x7f", "A@B", "[A]", "A=B"}) {
    EXPECT_FALSE(response().add(name, "x")) << name;
    EXPECT_FALSE(response().set(name, "x")) << name;
  }
  EXPECT_FALSE(response().add("A\0B"s, "x"));
  EXPECT_TRUE(response().add("!#$%&'*+-.^_`|~09azAZ", "every character of a token")) << "RFC 9110 §5.6.2";
  response().end();
  EXPECT_EQ(head().fields.size(), 3U) << "the field with the token, Date and Content-Length";
}

TEST_F(ResponseTest, RefusesTheFieldsOfTheCore) {
  start();
  for (const std::string_view name : {"Content-Length", "content-length", "Transfer-Encoding", "TRANSFER-ENCODING",
                                      "Connection", "connection", "Date", "dAtE"}) {
    EXPECT_FALSE(response().add(name, "7")) << name;
    EXPECT_FALSE(response().set(name, "7")) << name;
  }
  response().end("body");
  EXPECT_EQ(head().fields.size(), 2U);
  EXPECT_EQ(head().value("Content-Length"), "4");
}

TEST_F(ResponseTest, TooManyFieldsBecome500) {
  start().status(201);
  const std::string value(1'000, 'v');
  int added = 0;
  while (added < 1'000 && response().add("X-Many", value)) ++added;
  EXPECT_GE(added, 7) << "limits::kResponseFieldBytes has room for at least seven";
  EXPECT_LE(added, 8);
  response().end("not this body's success");
  EXPECT_EQ(head().status, 500);
  EXPECT_EQ(head().count("X-Many"), 0U) << "an answer without some of its fields would be wrong";
  EXPECT_EQ(head().value("Content-Length"), std::to_string(body().size()));
}

TEST_F(ResponseTest, OneFieldTooLargeBecomes500) {
  start();
  EXPECT_FALSE(response().set("X", std::string(limits::kResponseFieldBytes + 1, 'v')));
  response().end("x");
  EXPECT_EQ(head().status, 500);
}

// RFC 9110 §15.5: an error that the client has caused is its own. The answer repeats the longest part of the request.
TEST_F(ResponseTest, TooManyFieldsForALongRequestAreTheClientsError) {
  constexpr size_t kLong = limits::kBlamedRequestBytes;
  struct Case {
    size_t target, fields, body;
    int status;
  };
  const std::string text(2 * kLong, 'x');
  for (const Case& sizes :
       {Case{10, 10, 10, 500}, Case{kLong - 1, kLong - 1, kLong - 1, 500}, Case{kLong, 10, 0, 414},
        Case{kLong, kLong - 1, 2 * kLong, 414}, Case{0, kLong, 0, 431}, Case{kLong, kLong + 1, 2 * kLong, 431},
        Case{2 * kLong, kLong, 0, 414}, Case{10, 10, kLong, 413}, Case{0, 0, 0, 500}}) {
    const FieldSpan span{.name_at = 0,
                         .value_at = 1,
                         .name_size = 1,
                         .value_size = static_cast<uint16_t>(std::max<size_t>(sizes.fields, 1) - 1)};
    request().target = std::string_view(text).substr(0, sizes.target);
    request().fields = FieldList(text.data(), &span, sizes.fields == 0 ? 0 : 1);
    request().body = std::string_view(text).substr(0, sizes.body);
    for (const int status : {200, 204, 304, 206, 503}) {
      output().clear();
      start().status(status);
      EXPECT_FALSE(response().set("X", std::string(limits::kResponseFieldBytes + 1, 'v')));
      response().set("Y", "1");
      response().end("x");
      EXPECT_EQ(head().status, status == 503 ? 503 : sizes.status);
      EXPECT_EQ(response().status(), head().status) << "as it is counted and logged";
      EXPECT_EQ(head().value("Content-Length"), std::to_string(body().size())) << status;
      EXPECT_EQ(head().count("Y"), 0U);
    }
  }
}

TEST_F(ResponseTest, VaryNamesEachFieldOnce) {
  start().vary("Origin");
  response().vary("origin");
  response().vary("Accept-Encoding");
  response().add("Vary", " Accept , Accept-Language");
  response().vary("accept-language");
  response().vary("Accept");
  response().end();
  EXPECT_EQ(head().count("Vary"), 3U);
  output().clear();
  start().set("Vary", "*");
  response().vary("Origin");
  response().end();
  EXPECT_EQ(head().count("Vary"), 1U) << "* stands for every field";
}

TEST_F(ResponseTest, VaryOfMiddlewareOutlivesTheHandler) {
  const auto changes = {+[](Response& r) { r.set("vary", "Accept"); }, +[](Response& r) { r.remove("Vary"); },
                        +[](Response& r) { r.set("X", std::string(limits::kResponseFieldBytes, 'x')); },
                        +[](Response& r) { r.set("Vary", "origin, Accept"); }};
  for (const auto change : changes) {
    output().clear();
    start().always_vary("Origin");
    change(response());
    response().write("begun");
    EXPECT_NE(bytes().find("rigin"), std::string::npos) << bytes();
  }
  output().clear();
  start().set("Vary", "Accept");
  response().end();
  EXPECT_EQ(bytes().find("rigin"), std::string::npos) << "the next response does not have it";
}

TEST_F(ResponseTest, StartForgetsTheLastResponse) {
  start(Method::kHead, 0, false).status(404);
  response().add("X-Old", "1");
  response().add("X-Full", std::string(limits::kResponseFieldBytes, 'x'));
  response().write("streamed");
  response().end();
  output().clear();

  start();
  EXPECT_FALSE(response().ended());
  EXPECT_FALSE(response().started());
  EXPECT_EQ(response().status(), 200);
  EXPECT_EQ(response().get("X-Old"), "");
  response().end("new");
  EXPECT_EQ(head().status, 200);
  EXPECT_EQ(head().count("X-Old"), 0U);
  EXPECT_EQ(head().count("Connection"), 0U);
  EXPECT_EQ(body(), "new");
}

TEST_F(ResponseTest, TheSecondEndChangesNothing) {
  start().end("first");
  const std::string before(bytes());
  response().end("second");
  EXPECT_EQ(bytes(), before);
}

// Bodies that fit into the output, and bodies for which the output must grow.
TEST_F(ResponseTest, TheBodyMayBeOfAnySize) {
  char small[64];
  Output tight(small, small + sizeof(small));
  const Request request;
  response().start(request, tight, true);
  const std::string body(100'000, 'b');
  response().end(body);
  EXPECT_TRUE(tight.on_heap());
  const auto head = testing::read_response_head(tight.bytes());
  ASSERT_TRUE(head);
  EXPECT_EQ(tight.bytes().substr(head->size), body);
}

// A handler may defer its answer and then throw: the response is started again.
TEST_F(ResponseTest, StartDiscardsADeferredAnswer) {
  const auto held = std::make_shared<int>();
  start().defer_answer([held](const DeferredAnswer&) {});
  EXPECT_EQ(held.use_count(), 2);
  start().end("500");
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(ResponseTest, AllocatesNothingWhenTheOutputHasRoom) {
  if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build";
  const std::string body(1'000, 'b');
  alloc::read();
  const alloc::Reading before = alloc::read();
  for (int i = 0; i < 10; ++i) {
    output().clear();
    start();
    response().set("Content-Type", "text/plain; charset=utf-8");
    response().add("X-More", "value");
    response().end(body);
    output().clear();
    start().write("piece");
    response().end("last");
  }
  EXPECT_EQ(alloc::read().bytes - before.bytes, 0U);
}

}  // namespace
}  // namespace duel::http
