#include "http/grammar/percent.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/http/grammar/percent_cases.h"

namespace duel::http::grammar::testing {
namespace {

TEST(PercentDecode, DecodesOrRefuses) {
  for (const auto& [encoded, plus, decoded] : kDecodeCases) {
    std::string bytes(encoded.size(), '#');
    const auto size = percent_decode(encoded, plus, bytes.data());
    ASSERT_EQ(size.has_value(), decoded.has_value()) << encoded;
    if (size) {
      EXPECT_EQ(bytes.substr(0, *size), *decoded);
    }
  }
}

TEST(PercentDecode, IsNeededForEscapesAndSpacesOnly) {
  EXPECT_FALSE(needs_percent_decoding("/a+b", Plus::kIsPlus));
  EXPECT_TRUE(needs_percent_decoding("/a+b", Plus::kIsSpace));
  EXPECT_TRUE(needs_percent_decoding("/%", Plus::kIsPlus));
  EXPECT_FALSE(needs_percent_decoding("", Plus::kIsSpace));
}

TEST(PercentDecode, ComparesWithoutMemory) {
  for (const auto& [encoded, plus, decoded] : kDecodeCases) {
    if (plus == Plus::kIsPlus && encoded.find('+') != std::string_view::npos) continue;
    if (decoded) {
      EXPECT_TRUE(percent_decodes_to(encoded, *decoded)) << encoded;
    } else {
      EXPECT_FALSE(percent_decodes_to(encoded, encoded)) << encoded;
    }
  }
  EXPECT_FALSE(percent_decodes_to("a%20b", "a b "));
  EXPECT_FALSE(percent_decodes_to("a%20b", "a "));
}

TEST(PercentEncode, KeepsWhatTheOriginalKeeps) {
  for (const auto& [encoding, text, encoded] : kEncodeCases) {
    std::string written;
    percent_encode(text, encoding, [&](std::string_view piece) { written.append(piece); });
    EXPECT_EQ(written, encoded);
    EXPECT_TRUE(is_percent_encoded(encoded, text, encoding)) << encoded;
    EXPECT_FALSE(is_percent_encoded(written + "x", text, encoding)) << encoded;
  }
}

TEST(PercentEncode, HasOneStandardForm) {
  EXPECT_TRUE(is_percent_encoded("/a%20b", "/a b", kPathEncoding));
  EXPECT_FALSE(is_percent_encoded("/%61", "/a", kPathEncoding));
  EXPECT_FALSE(is_percent_encoded("/a%2Fb", "/a/b", kPathEncoding));
  EXPECT_FALSE(is_percent_encoded("/!", "/!", kPathEncoding));
  EXPECT_FALSE(is_percent_encoded("/%c3%bc", "/\xC3\xBC", kPathEncoding));
  EXPECT_TRUE(is_percent_encoded("/%C3%BC", "/\xC3\xBC", kPathEncoding));
  EXPECT_FALSE(is_percent_encoded("/\xC3\xBC", "/\xC3\xBC", kPathEncoding));
}

TEST(PercentEncode, DecodesToTheSameBytes) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  for (const PercentEncoding* encoding : {&kQueryEncoding, &kPathSegmentEncoding, &kPathEncoding}) {
    std::string encoded;
    percent_encode(all, *encoding, [&](std::string_view piece) { encoded.append(piece); });
    std::string decoded(encoded.size(), '#');
    const auto size =
        percent_decode(encoded, encoding->plus_for_space ? Plus::kIsSpace : Plus::kIsPlus, decoded.data());
    ASSERT_TRUE(size);
    decoded.resize(*size);
    EXPECT_EQ(decoded, all);
  }
}

}  // namespace
}  // namespace duel::http::grammar::testing
