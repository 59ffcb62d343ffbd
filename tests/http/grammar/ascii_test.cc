#include "http/grammar/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace duel::http::grammar {
namespace {

TEST(Ascii, ComparesWithoutLetterCase) {
  EXPECT_TRUE(equal_fold_ascii("", ""));
  EXPECT_TRUE(equal_fold_ascii("Content-LENGTH", "content-length"));
  EXPECT_TRUE(equal_fold_ascii("azAZ09_-", "AZaz09_-"));
  EXPECT_FALSE(equal_fold_ascii("a", "ab"));
  // Each pair differs in the bit that makes letters upper case, but is not a pair of letters.
  EXPECT_FALSE(equal_fold_ascii("@", "`"));
  EXPECT_FALSE(equal_fold_ascii("[", "{"));
  EXPECT_FALSE(equal_fold_ascii("^", "~"));
  EXPECT_FALSE(equal_fold_ascii("_", "\x7f"));
  EXPECT_FALSE(equal_fold_ascii("-", "\r"));
  EXPECT_FALSE(equal_fold_ascii("\xc4", "\xe4"));
}

// Text longer than a vector register, with the difference at each position.
TEST(Ascii, ComparesLongTextToTheLastByte) {
  for (size_t size = 1; size <= 70; ++size) {
    const std::string lower(size, 'q');
    EXPECT_TRUE(equal_fold_ascii(lower, std::string(size, 'Q')));
    for (size_t at = 0; at < size; ++at) {
      std::string other = lower;
      other[at] = 'r';
      EXPECT_FALSE(equal_fold_ascii(lower, other)) << size << " bytes, other at " << at;
    }
  }
}

TEST(Ascii, ChangesTheCaseOfLettersOnly) {
  for (int value = 0; value < 256; ++value) {
    const auto c = static_cast<char>(value);
    EXPECT_EQ(to_lower_ascii(c), value >= 'A' && value <= 'Z' ? static_cast<char>(value + 32) : c);
    EXPECT_EQ(to_upper_ascii(c), value >= 'a' && value <= 'z' ? static_cast<char>(value - 32) : c);
    EXPECT_EQ(is_letter_or_digit(c), to_lower_ascii(c) != to_upper_ascii(c) || (value >= '0' && value <= '9'));
  }
}

TEST(Ascii, KnowsVisibleCharactersAndBytesOfFields) {
  for (int value = 0; value < 256; ++value) {
    const auto c = static_cast<char>(value);
    EXPECT_EQ(is_printable_ascii(c), value >= 32 && value <= 126) << "octet " << value;
    EXPECT_EQ(is_visible_ascii(c), value >= 33 && value <= 126) << "octet " << value;
    EXPECT_EQ(is_field_byte(c), value == 9 || (value >= 32 && value != 127)) << "octet " << value;
  }
}

TEST(Ascii, KnowsHexadecimalDigits) {
  for (int value = 0; value < 256; ++value) {
    const auto c = static_cast<char>(value);
    const size_t lower = kLowerHexDigits.find(c);
    const size_t upper = kUpperHexDigits.find(c);
    const size_t digit = lower != std::string_view::npos ? lower : upper;
    EXPECT_EQ(hex_value(c), digit == std::string_view::npos ? -1 : static_cast<int>(digit)) << "octet " << value;
  }
}

}  // namespace
}  // namespace duel::http::grammar
