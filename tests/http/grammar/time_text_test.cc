#include "http/grammar/time_text.h"

#include <gtest/gtest.h>

namespace duel::http::grammar::testing {
namespace {

using std::chrono::minutes;

// A value that shows that the function has not changed it.
const Time kBefore(1, 2, minutes(3));

Time read(std::string_view text, std::string_view layout) {
  Time time = kBefore;
  return parse_time(text, layout, time) ? time : kBefore;
}

TEST(TimeText, IsReadByItsLayout) {
  constexpr int64_t kLeapDay = 1'709'211'907;  // 2024-02-29 13:05:07
  EXPECT_EQ(read("2024-02-29T13:05:07.5Z", ""), Time(kLeapDay, 500'000'000));
  EXPECT_EQ(read("2024-02-29T18:35:07+05:30", ""), Time(kLeapDay, 0, minutes(330)));
  EXPECT_EQ(read("29/02/2024 13.05.07", "02/01/2006 15.04.05"), Time(kLeapDay, 0));
  EXPECT_EQ(read("-5", "unix"), Time(-5, 0));
  EXPECT_EQ(read("-1", "unixNano"), Time(-1, 999'999'999));
  EXPECT_EQ(read("-9223372036854775808", "unixNano"), Time(-9'223'372'037, 145'224'192));
}

TEST(TimeText, HasTheYear0IfTheLayoutHasNoYear) {
  constexpr int64_t kYear0 = -62'167'219'200;
  EXPECT_EQ(read("00:00:01", "15:04:05"), Time(kYear0 + 1, 0));
}

TEST(TimeText, MustBeWhatTheLayoutSays) {
  for (const char* text : {"2024-02-30", "2024-2-29", "2024-02-29 ", "2024-02", "x"}) {
    EXPECT_EQ(read(text, "2006-01-02"), kBefore) << text;
  }
  EXPECT_EQ(read("2024-02-29T3:05:07Z", ""), kBefore) << "an hour of RFC 3339 has two digits";
}

}  // namespace
}  // namespace duel::http::grammar::testing
