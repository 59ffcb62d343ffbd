#include <string>

#include "tests/http/response_fixture.h"

namespace duel::http {
namespace {

class StreamTest : public testing::ResponseTest {
 protected:
  std::string unchunked() {
    const auto chunks = testing::read_chunked(body());
    EXPECT_TRUE(chunks) << "not a well-formed chunked body:\n" << body();
    if (!chunks) return {};
    EXPECT_EQ(chunks->size, body().size()) << "bytes follow the last chunk";
    return chunks->body;
  }
};

TEST_F(StreamTest, IsChunked) {
  start().write("one ");
  EXPECT_TRUE(response().started());
  EXPECT_FALSE(response().ended());
  response().write("two ");
  response().write("three");
  response().end();
  EXPECT_TRUE(response().ended());
  EXPECT_EQ(head().value("Transfer-Encoding"), "chunked");
  EXPECT_EQ(head().count("Content-Length"), 0U) << "RFC 9112 §6.2: never both";
  EXPECT_EQ(unchunked(), "one two three");
  EXPECT_TRUE(response().keep_alive());
}

TEST_F(StreamTest, EndMayBringTheLastPiece) {
  start().write("one ");
  response().end("two");
  EXPECT_EQ(unchunked(), "one two");
}

// A chunk of size 0 ends the body (RFC 9112 §7.1), so an empty piece must not become one.
TEST_F(StreamTest, AnEmptyPieceDoesNotEndTheBody) {
  start().write("");
  response().write("one");
  response().write("");
  response().write("two");
  response().end();
  EXPECT_EQ(unchunked(), "onetwo");
}

TEST_F(StreamTest, NothingButEmptyPieces) {
  start().write("");
  response().end();
  EXPECT_EQ(unchunked(), "");
}

TEST_F(StreamTest, ChunkSizesOfEveryLength) {
  std::string expected;
  start();
  for (const size_t size :
       std::initializer_list<size_t>{1, 9, 10, 15, 16, 255, 256, 4'095, 4'096, 65'535, 65'536, 1'100'000}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    response().write(piece);
    expected += piece;
  }
  response().end();
  EXPECT_EQ(unchunked(), expected);
}

TEST_F(StreamTest, FieldsSetLaterDoNotCount) {
  start().set("X-Early", "1");
  response().write("x");
  response().set("X-Late", "1");
  response().status(500);
  response().end();
  EXPECT_EQ(head().status, 200);
  EXPECT_EQ(head().count("X-Early"), 1U);
  EXPECT_EQ(head().count("X-Late"), 0U);
  EXPECT_EQ(unchunked(), "x");
}

// RFC 9112 §6.1: HTTP/1.0 has no Transfer-Encoding; the end of the connection ends the body.
TEST_F(StreamTest, EndsByClosingInHttp10) {
  start(Method::kGet, 0, true).write("one ");
  response().write("two");
  response().end();
  EXPECT_EQ(head().count("Transfer-Encoding"), 0U);
  EXPECT_EQ(head().count("Content-Length"), 0U);
  EXPECT_NE(head().value("Connection"), "keep-alive");
  EXPECT_FALSE(response().keep_alive());
  EXPECT_EQ(body(), "one two");
}

TEST_F(StreamTest, HeadStreamsNoBytes) {
  start(Method::kHead).write("one");
  response().end("two");
  EXPECT_EQ(head().count("Content-Length"), 0U);
  EXPECT_EQ(body(), "");
  EXPECT_TRUE(response().keep_alive());
}

TEST_F(StreamTest, NoContentStreamsNoBytes) {
  start().status(204);
  response().write("one");
  response().end("two");
  EXPECT_EQ(head().count("Transfer-Encoding"), 0U) << "RFC 9112 §6.1";
  EXPECT_EQ(body(), "");
}

TEST_F(StreamTest, ResetContentStreamsNoBytes) {
  for (const int minor_version : {0, 1}) {
    output().clear();
    start(Method::kGet, minor_version).status(205);
    response().write("not to be sent");
    response().write("nor this");
    response().end("nor that");
    EXPECT_EQ(head().value("Content-Length"), "0");
    EXPECT_EQ(head().count("Transfer-Encoding"), 0U);
    EXPECT_EQ(body(), "");
    EXPECT_TRUE(response().keep_alive());
  }
}

TEST_F(StreamTest, NotModifiedStreamsNoBytes) {
  start().status(304);
  response().write("one");
  response().end();
  EXPECT_EQ(body(), "");
}

TEST_F(StreamTest, SaysCloseWhenTheConnectionCloses) {
  start(Method::kGet, 1, false).write("x");
  response().end();
  EXPECT_EQ(head().value("Connection"), "close");
  EXPECT_EQ(unchunked(), "x");
}

TEST_F(StreamTest, CloseAfterTheHeadStillCloses) {
  start().write("x");
  response().close();
  response().end();
  EXPECT_FALSE(response().keep_alive());
}

TEST_F(StreamTest, NothingFollowsTheEnd) {
  start().write("x");
  response().end();
  const std::string before(bytes());
  response().write("late");
  response().end("later");
  EXPECT_EQ(bytes(), before);
}

TEST_F(StreamTest, TooManyFieldsBecome500) {
  start().add("X", std::string(limits::kResponseFieldBytes + 1, 'v'));
  response().write("x");
  response().end();
  EXPECT_EQ(head().status, 500);
  EXPECT_EQ(head().count("X"), 0U);
}

}  // namespace
}  // namespace duel::http
