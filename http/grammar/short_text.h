// For routers: texts of some bytes, such as the segments of a path. A call of memcmp or memchr would take longer than
// the work.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace duel::http::grammar {

template <typename Word>
Word word_at(const char* bytes) {
  Word word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// Whether text.starts_with(prefix). The last word overlaps the one before it.
inline bool begins_with(std::string_view text, std::string_view prefix) {
  const auto same = [](auto word, const char* other) { return word == word_at<decltype(word)>(other); };
  size_t size = prefix.size();
  if (text.size() < size) return false;
  const char* a = text.data();
  const char* b = prefix.data();
  for (; size > 8; size -= 8, a += 8, b += 8) {
    if (!same(word_at<uint64_t>(a), b)) return false;
  }
  if (size == 8) return same(word_at<uint64_t>(a), b);
  if (size >= 4) return same(word_at<uint32_t>(a), b) && same(word_at<uint32_t>(a + size - 4), b + size - 4);
  if (size >= 2) return same(word_at<uint16_t>(a), b) && same(word_at<uint16_t>(a + size - 2), b + size - 2);
  return size == 0 || *a == *b;
}

inline bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && begins_with(a, b);
}

// Up to eight bytes as a number, the first byte lowest; 0 for no byte. On a machine with another order of bytes, a
// number that is different for different texts of the same size.
inline uint64_t bytes_as_number(const char* bytes, size_t size) {
  if (size >= 8) return word_at<uint64_t>(bytes);
  if (size >= 4) return word_at<uint32_t>(bytes) | uint64_t{word_at<uint32_t>(bytes + size - 4)} << 8 * (size - 4);
  if (size >= 2) return word_at<uint16_t>(bytes) | uint64_t{word_at<uint16_t>(bytes + size - 2)} << 8 * (size - 2);
  return size == 0 ? 0 : static_cast<uint8_t>(*bytes);
}

// Calls visit(index) for each slash, until it returns false. Returns false if it did.
template <typename Visit>
bool for_each_slash(std::string_view text, Visit visit) {
  if constexpr (std::endian::native != std::endian::little) {
    for (size_t at = text.find('/'); at != std::string_view::npos; at = text.find('/', at + 1)) {
      if (!visit(at)) return false;
    }
    return true;
  }
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kLow7 = 0x7f * kOnes;
  for (size_t at = 0; at < text.size(); at += 8) {
    const uint64_t zero_if_slash = bytes_as_number(text.data() + at, text.size() - at) ^ '/' * kOnes;
    // The highest bit of each byte that is zero. (Bytes after the text are not zero: 0 is no slash.)
    uint64_t slashes = ~(((zero_if_slash & kLow7) + kLow7) | zero_if_slash | kLow7);
    for (; slashes != 0; slashes &= slashes - 1) {
      if (!visit(at + static_cast<size_t>(std::countr_zero(slashes)) / 8)) return false;
    }
  }
  return true;
}

}  // namespace duel::http::grammar
