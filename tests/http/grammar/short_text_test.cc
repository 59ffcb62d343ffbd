#include "http/grammar/short_text.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace duel::http::grammar::testing {
namespace {

// A copy without any byte before or after it, so that AddressSanitizer finds reads outside of the text.
class Exact {
 public:
  explicit Exact(std::string_view text) : bytes_(new char[text.size()]), size_(text.size()) {
    text.copy(bytes_.get(), size_);
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_;
};

TEST(ShortText, EqualTextsAreTheSame) {
  const std::string bytes = "0123456789abcdefghijklmnopqrstuvwxyz";
  for (size_t size = 0; size < bytes.size(); ++size) {
    const Exact text(std::string_view(bytes).substr(0, size));
    const Exact same(text.view());
    EXPECT_TRUE(same_text(text.view(), same.view())) << size;
    EXPECT_TRUE(begins_with(bytes, text.view())) << size;
    for (size_t at = 0; at < size; ++at) {
      std::string changed(text.view());
      changed[at] ^= 1;
      const Exact other(changed);
      EXPECT_FALSE(same_text(text.view(), other.view())) << size << " " << at;
      EXPECT_FALSE(begins_with(bytes, other.view())) << size << " " << at;
    }
    EXPECT_FALSE(same_text(text.view(), std::string(text.view()) + "x"));
    EXPECT_FALSE(begins_with(text.view(), std::string(text.view()) + "x"));
  }
}

TEST(ShortText, BytesAreANumber) {
  const std::string bytes = "\x01\x02\x03\x04\x05\x06\x07\x88\x99";
  uint64_t number = 0;
  for (size_t size = 0; size <= bytes.size(); ++size) {
    const Exact text(std::string_view(bytes).substr(0, size));
    if (size > 0 && size <= 8) number |= uint64_t{static_cast<uint8_t>(bytes[size - 1])} << 8 * (size - 1);
    EXPECT_EQ(bytes_as_number(text.view().data(), size), number) << size;
  }
}

TEST(ShortText, EachSlashIsVisited) {
  // Bytes that differ from a slash by one bit or by one, and bytes with the highest bit, beside slashes.
  const std::string alphabet = "/./0\xaf\x2d/";
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    std::string made;
    uint32_t random = seed;
    for (uint32_t i = 0; i < seed % 29; ++i) {
      random = random * 1664525 + 1013904223;
      made += alphabet[random / 65536 % alphabet.size()];
    }
    const Exact text(made);
    std::vector<size_t> expected;
    for (size_t at = made.find('/'); at != std::string::npos; at = made.find('/', at + 1)) expected.push_back(at);
    std::vector<size_t> found;
    EXPECT_TRUE(for_each_slash(text.view(), [&](size_t at) {
      found.push_back(at);
      return true;
    }));
    EXPECT_EQ(found, expected) << made;
  }
}

TEST(ShortText, AVisitCanEndTheSearch) {
  size_t last = 0;
  EXPECT_FALSE(for_each_slash("a/b/c/d", [&](size_t at) {
    last = at;
    return at < 3;
  }));
  EXPECT_EQ(last, 3U);
}

}  // namespace
}  // namespace duel::http::grammar::testing
