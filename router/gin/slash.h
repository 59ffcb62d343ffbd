#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace duel::gin {

// The first '/' in [p, end), or end. `begin` <= p is where the path begins: a tail shorter than a vector is read
// together with bytes before it, so that nothing outside [begin, end) is touched.
#ifdef __SSE2__
[[gnu::always_inline]] inline const char* find_slash(const char* begin, const char* p, const char* end) {
  constexpr ptrdiff_t kWidth = 16;
  const __m128i slashes = _mm_set1_epi8('/');
  const auto mask_at = [&](const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, slashes)));
  };
  for (; end - p >= kWidth; p += kWidth) {
    if (const uint32_t mask = mask_at(p); mask != 0) return p + __builtin_ctz(mask);
  }
  if (end - begin >= kWidth) [[likely]] {
    const char* tail = end - kWidth;
    // Inlined into a caller whose path is a short constant, g++ warns about this load although the test above rules it
    // out; it costs nothing to hide from it where `tail` comes from.
    asm("" : "+r"(tail));  // NOLINT(hicpp-no-assembler)
    const uint32_t sentinel = 1U << (end - p);
    const uint32_t mask = mask_at(tail) >> (kWidth - (end - p));
    return p + __builtin_ctz(mask | sentinel);
  }
  while (p != end && *p != '/') ++p;
  return p;
}
#else
[[gnu::always_inline]] inline const char* find_slash(const char*, const char* p, const char* end) {
  while (p != end && *p != '/') ++p;
  return p;
}
#endif

}  // namespace duel::gin
