#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace duel::gin {

#ifdef __SSE2__
namespace internal {

inline constexpr ptrdiff_t kVector = 16;  // bytes

[[gnu::always_inline]] inline __m128i slashes_at(const char* from) {
  return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), _mm_set1_epi8('/'));
}
[[gnu::always_inline]] inline uint32_t slash_mask_at(const char* from) {
  return static_cast<uint32_t>(_mm_movemask_epi8(slashes_at(from)));
}

// The first '/' in [p, end), which is shorter than a vector, or end. The vector before `end` may be read.
[[gnu::always_inline]] inline const char* find_slash_in_tail(const char* p, const char* end) {
  const char* tail = end - kVector;
  // Inlined into a caller whose path is a short constant, g++ warns about this load although that caller does not come
  // here; it costs nothing to hide from it where `tail` comes from.
  asm("" : "+r"(tail));  // NOLINT(hicpp-no-assembler)
  const uint32_t sentinel = 1U << (end - p);
  return p + __builtin_ctz(slash_mask_at(tail) >> (kVector - (end - p)) | sentinel);
}

inline constexpr ptrdiff_t kBlock = 4 * kVector;

[[gnu::always_inline]] inline uint64_t slash_mask_of_block(const char* from) {
  const uint64_t low = slash_mask_at(from) | slash_mask_at(from + kVector) << kVector;
  const uint64_t high = slash_mask_at(from + 2 * kVector) | slash_mask_at(from + 3 * kVector) << kVector;
  return low | high << 2 * kVector;
}

// Out of line, because few parameters are that long: what find_slash() does from the second vector on. No more branches
// than blocks: the last one is read together with bytes before it, and so is not cut into vectors.
[[gnu::noinline]] inline const char* find_far_slash(const char* begin, const char* p, const char* end) {
  if (end - begin < kBlock) [[unlikely]] {
    for (; end - p >= kVector; p += kVector) {
      if (const uint32_t mask = slash_mask_at(p); mask != 0) return p + __builtin_ctz(mask);
    }
    return find_slash_in_tail(p, end);
  }
  for (; end - p >= kBlock; p += kBlock) {
    const __m128i first = _mm_or_si128(slashes_at(p), slashes_at(p + kVector));
    const __m128i second = _mm_or_si128(slashes_at(p + 2 * kVector), slashes_at(p + 3 * kVector));
    if (_mm_movemask_epi8(_mm_or_si128(first, second)) != 0) return p + __builtin_ctzll(slash_mask_of_block(p));
  }
  const uint64_t sentinel = uint64_t{1} << (end - p);
  return p + __builtin_ctzll(slash_mask_of_block(end - kBlock) >> 1 >> (kBlock - 1 - (end - p)) | sentinel);
}

[[gnu::noinline]] inline const char* find_slash_bytewise(const char* p, const char* end) {
  while (p != end && *p != '/') ++p;
  return p;
}

}  // namespace internal

// The first '/' in [p, end), or end. `begin` <= p is where the path begins: a tail shorter than a vector is read
// together with bytes before it, so that nothing outside [begin, end) is touched.
[[gnu::always_inline]] inline const char* find_slash(const char* begin, const char* p, const char* end) {
  if (end - p >= internal::kVector) {
    if (const uint32_t mask = internal::slash_mask_at(p); mask != 0) return p + __builtin_ctz(mask);
    return internal::find_far_slash(begin, p + internal::kVector, end);
  }
  if (end - begin >= internal::kVector) [[likely]]
    return internal::find_slash_in_tail(p, end);
  return internal::find_slash_bytewise(p, end);
}
#else
[[gnu::always_inline]] inline const char* find_slash(const char*, const char* p, const char* end) {
  while (p != end && *p != '/') ++p;
  return p;
}
#endif

}  // namespace duel::gin
