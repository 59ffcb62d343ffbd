#include <gtest/gtest.h>

#include <string>

#include "http/grammar/unicode_case.h"
#include "http/grammar/utf8.h"

namespace duel::http::grammar::testing {
namespace {

std::string lower(std::string_view text) {
  std::string written;
  to_lower_unicode(text, [&](std::string_view piece) { written.append(piece); });
  return written;
}

TEST(Utf8, ReadsBackEveryCodePointThatItWrites) {
  for (uint32_t code = 0; code <= 0x10FFFF; ++code) {
    char bytes[4];
    const std::string_view text(bytes, encode_rune(code, bytes));
    const Rune rune = decode_rune(text);
    if (code >= 0xD800 && code <= 0xDFFF) {
      ASSERT_TRUE(rune.is_invalid()) << "surrogate " << code;
    } else {
      ASSERT_TRUE(rune.code == code && rune.size == text.size() && !rune.is_invalid()) << code;
    }
  }
}

TEST(Utf8, RefusesInvalidSequences) {
  for (const std::string_view text :
       {"\x80", "\xFF", "\xC3", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3("}) {
    EXPECT_TRUE(decode_rune(text).is_invalid());
    EXPECT_FALSE(is_utf8(text));
    EXPECT_FALSE(is_utf8("a" + std::string(text)));
  }
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\u00FC\uFFFD\U0001F600"));
  EXPECT_FALSE(decode_rune(kReplacementText).is_invalid()) << "U+FFFD itself is valid";
}

TEST(UnicodeCase, ComparesLettersBeyondAscii) {
  EXPECT_TRUE(equal_fold_unicode("ÄÖÜ straße", "äöü STRAßE"));
  EXPECT_TRUE(equal_fold_unicode("ΑΣ", "ας")) << "both lower-case sigmas";
  EXPECT_FALSE(equal_fold_unicode("ı", "I")) << "no locale";
  EXPECT_FALSE(equal_fold_unicode("a", "ab"));
  EXPECT_EQ(to_upper_unicode(0xFF), 0x178U);
  EXPECT_EQ(to_lower_unicode(0x416), 0x436U);
}

TEST(UnicodeCase, WritesLowerCase) {
  EXPECT_EQ(lower("/ÜBER/Ab9_Ж/日本"), "/über/ab9_ж/日本");
  EXPECT_EQ(lower("\u212A\u0130\u2126"), "ki\u03C9") << "the first two become ASCII, as in Go";
  EXPECT_EQ(lower("\u023A"), "\u2C65") << "one more byte than before";
  EXPECT_EQ(lower("\xFFX\xC3"), "\uFFFDx\uFFFD") << "invalid bytes are replaced";
}

}  // namespace
}  // namespace duel::http::grammar::testing
