#include "http/grammar/float_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace duel::http::grammar::testing {
namespace {

// The texts and values are those of Go's strconv.ParseFloat.
TEST(FloatText, ReadsDecimalAndHexadecimalNumbers) {
  const std::pair<const char*, double> kNumbers[] = {
      {"0", 0},        {"7", 7},         {"+7", 7},         {"-1.5", -1.5},
      {".5", .5},      {"5.", 5},        {"1e3", 1000},     {"1E+3", 1000},
      {"1e-400", 0},   {"0x1p-2", .25},  {"-0X1.8P+1", -3}, {"0x.8p0", .5},
      {"0x1.p1", 2},   {"0x1p-2000", 0}, {"1_000", 1000},   {"1_0.2_5", 10.25},
      {"1e1_0", 1e10}, {"0x_1p1", 2},    {"0x1_0p0", 16},   {"1.7976931348623157e308", 1.7976931348623157e308}};
  for (const auto& [text, number] : kNumbers) {
    const auto read = parse_float<double>(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, number) << text;
  }
  EXPECT_TRUE(std::signbit(*parse_float<double>("-0")));
  EXPECT_TRUE(std::signbit(*parse_float<double>("-1e-400")));
  EXPECT_EQ(parse_float<float>("16777217"), 16777216.0F);
  EXPECT_EQ(parse_float<float>("3.4028235e38"), std::numeric_limits<float>::max());
}

TEST(FloatText, RefusesEverythingElse) {
  for (const char* text :
       {"",    "+",    "-",    ".",    "e1",     "x",       "1x",     " 1",    "1 ",      "--1",  "+-1",
        "-+1", "0x",   "0x1",  "0xp1", "0x-1p1", "0x1p+-1", "1e+-1",  "0b1",   "0o7",     "1__0", "_1",
        "1_",  "1_.5", "1._5", "1e_1", "1_e1",   "0_x1p1",  "0x1_p1", "1e400", "0x1p2000"}) {
    EXPECT_FALSE(parse_float<double>(text)) << text;
  }
  EXPECT_FALSE(parse_float<float>("1e39"));
}

// Go reads these. Here a client must not send them: no check of a limit stops NaN.
TEST(FloatText, RefusesInfinityAndNan) {
  for (const char* text : {"inf", "-Inf", "+infinity", "nan", "NaN", "-nan", "nan(1)"}) {
    EXPECT_FALSE(parse_float<double>(text)) << text;
  }
}

}  // namespace
}  // namespace duel::http::grammar::testing
