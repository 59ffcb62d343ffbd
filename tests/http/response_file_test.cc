#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "tests/http/response_fixture.h"

namespace duel::http {
namespace {

class FileResponseTest : public testing::ResponseTest {
 protected:
  static int any_file() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
  static bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

  // Takes the file as the connection does. Checks that the descriptor is either closed or returned.
  void expect_no_file(int descriptor) {
    const FileBody file = response().take_file();
    EXPECT_EQ(file.size, 0U);
    if (file.descriptor == -1) {
      EXPECT_FALSE(is_open(descriptor)) << "leaked: neither closed nor returned";
    } else {
      EXPECT_EQ(file.descriptor, descriptor);
      ::close(file.descriptor);
    }
  }
};

TEST_F(FileResponseTest, TheFilesBytesFollowTheHead) {
  const int descriptor = any_file();
  start().set("Content-Type", "image/png");
  response().end_file({.descriptor = descriptor, .offset = 10, .size = 12'345'678'901});
  EXPECT_TRUE(response().ended());
  EXPECT_EQ(head().value("Content-Length"), "12345678901");
  EXPECT_EQ(head().value("Content-Type"), "image/png");
  EXPECT_EQ(body(), "");
  const FileBody file = response().take_file();
  EXPECT_EQ(file.descriptor, descriptor);
  EXPECT_EQ(file.offset, 10U);
  EXPECT_EQ(file.size, 12'345'678'901U);
  EXPECT_EQ(response().take_file().descriptor, -1) << "take_file() returns it once only";
  ::close(descriptor);
}

TEST_F(FileResponseTest, HeadSendsNoFile) {
  const int descriptor = any_file();
  start(Method::kHead).end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  EXPECT_EQ(head().value("Content-Length"), "100");
  EXPECT_EQ(body(), "");
  expect_no_file(descriptor);
}

TEST_F(FileResponseTest, NotModifiedSendsNoFile) {
  const int descriptor = any_file();
  start().status(304);
  response().end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  EXPECT_EQ(body(), "");
  expect_no_file(descriptor);
}

TEST_F(FileResponseTest, ResetContentSendsNoFile) {
  const int descriptor = any_file();
  start().status(205);
  response().end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  EXPECT_EQ(head().value("Content-Length"), "0");
  EXPECT_EQ(body(), "");
  expect_no_file(descriptor);
}

TEST_F(FileResponseTest, TooManyFieldsSendNoFile) {
  const int descriptor = any_file();
  start().add("X", std::string(limits::kResponseFieldBytes + 1, 'v'));
  response().end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  EXPECT_EQ(head().status, 500);
  EXPECT_EQ(head().value("Content-Length"), std::to_string(body().size()));
  expect_no_file(descriptor);
}

// A stream cannot become a file. Closing the connection shows the client that the body is truncated.
TEST_F(FileResponseTest, AFileInAStreamCloses) {
  const int descriptor = any_file();
  start().write("begun");
  response().end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  EXPECT_TRUE(response().ended());
  EXPECT_FALSE(response().keep_alive());
  expect_no_file(descriptor);
}

TEST_F(FileResponseTest, AnEmptyFileIsAnEmptyBody) {
  const int descriptor = any_file();
  start().end_file({.descriptor = descriptor, .offset = 0, .size = 0});
  EXPECT_EQ(head().value("Content-Length"), "0");
  expect_no_file(descriptor);
}

TEST_F(FileResponseTest, TheNextResponseHasNoFile) {
  const int descriptor = any_file();
  start().end_file({.descriptor = descriptor, .offset = 0, .size = 100});
  ::close(response().take_file().descriptor);
  start().end("x");
  EXPECT_EQ(response().take_file().descriptor, -1);
}

}  // namespace
}  // namespace duel::http
