#include "http/grammar/rfc3339.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::http::grammar::testing {
namespace {

using std::chrono::minutes;

std::string text_of(int64_t seconds, int32_t nanoseconds = 0, minutes offset = {}) {
  std::array<char, kRfc3339Bytes> text;
  const char* const end = write_rfc3339(Time(seconds, nanoseconds, offset), text.data());
  return end == nullptr ? "none" : std::string(std::string_view(text.data(), end));
}

TEST(Rfc3339, HasAsManyDigitsOfTheSecondAsNeeded) {
  EXPECT_EQ(text_of(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(text_of(951'827'696, 500'000'000), "2000-02-29T12:34:56.5Z");
  EXPECT_EQ(text_of(-1, 1), "1969-12-31T23:59:59.000000001Z");
}

TEST(Rfc3339, IsTheTimeOfTheZone) {
  EXPECT_EQ(text_of(0, 0, minutes(330)), "1970-01-01T05:30:00+05:30");
  EXPECT_EQ(text_of(0, 999'999'999, minutes(-60)), "1969-12-31T23:00:00.999999999-01:00");
}

TEST(Rfc3339, HasFourDigitsOfTheYear) {
  constexpr int64_t kYear0 = -62'167'219'200;
  constexpr int64_t kYear10000 = 253'402'300'800;
  EXPECT_EQ(text_of(kYear0), "0000-01-01T00:00:00Z");
  EXPECT_EQ(text_of(kYear0 - 1), "none");
  EXPECT_EQ(text_of(kYear10000 - 1), "9999-12-31T23:59:59Z");
  EXPECT_EQ(text_of(kYear10000), "none");
  EXPECT_EQ(text_of(86'400LL << 32U), "none") << "a number of days with more than 32 bits";
  EXPECT_EQ(text_of(INT64_MIN), "none");
  EXPECT_EQ(text_of(INT64_MAX), "none");
  EXPECT_EQ(text_of(kYear10000 - 1, 0, minutes(1)), "none") << "in that zone it is the year 10000";
}

}  // namespace
}  // namespace duel::http::grammar::testing
