#include "http/log_line.h"

#include <gtest/gtest.h>

#include <string>

namespace duel::http {
namespace {

std::string logged(std::initializer_list<std::string_view> parts) {
  ::testing::internal::CaptureStderr();
  log_line(parts);
  return ::testing::internal::GetCapturedStderr();
}

TEST(LogLine, JoinsItsParts) {
  EXPECT_EQ(logged({"http: ", "GET", " ", "/\xC3\xA4", ": ", ""}), "http: GET /\xC3\xA4: \n");
  EXPECT_EQ(logged({}), "\n");
}

TEST(LogLine, IsAlwaysOneLine) {
  EXPECT_EQ(logged({"a\r\nb", "\x1B[2J", std::string_view("\0\x7F\t", 3)}), "a??b?[2J???\n");
}

TEST(LogLine, IsTruncated) {
  const std::string longest(1023, 'x');
  EXPECT_EQ(logged({longest}), longest + "\n");
  EXPECT_EQ(logged({longest, "y"}), longest + "\n");
  EXPECT_EQ(logged({"y", longest, "z"}), "y" + longest.substr(1) + "\n");
}

}  // namespace
}  // namespace duel::http
