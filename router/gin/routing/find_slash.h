#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace duel::gin::routing {

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

// For a path of a vector at least.
inline const char* find_slash_by_vectors(const char* p, const char* end) {
  for (; end - p >= kVector; p += kVector) {
    if (const uint32_t mask = slash_mask_at(p); mask != 0) return p + __builtin_ctz(mask);
  }
  return find_slash_in_tail(p, end);
}

using WideVector [[gnu::vector_size(32)]] = char;
inline constexpr ptrdiff_t kWideVector = sizeof(WideVector);
inline constexpr ptrdiff_t kBlock = 2 * kWideVector;

// The compiler's own words for what <emmintrin.h> offers, because that takes it a third of a second to read.
[[gnu::target("avx2"), gnu::always_inline]] inline uint64_t wide_slash_mask_at(const char* from) {
  WideVector bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return static_cast<uint32_t>(__builtin_ia32_pmovmskb256(bytes == '/'));
}
[[gnu::target("avx2"), gnu::always_inline]] inline uint64_t slash_mask_of_block(const char* from) {
  return wide_slash_mask_at(from) | wide_slash_mask_at(from + kWideVector) << kWideVector;
}

// For a path of a block at least. No more branches than blocks: the last one is read together with bytes before it, and
// so is not cut into vectors.
[[gnu::target("avx2")]] inline const char* find_slash_by_blocks(const char* p, const char* end) {
  for (; end - p >= kBlock; p += kBlock) {
    if (const uint64_t mask = slash_mask_of_block(p); mask != 0) return p + __builtin_ctzll(mask);
  }
  const uint64_t sentinel = uint64_t{1} << (end - p);
  return p + __builtin_ctzll(slash_mask_of_block(end - kBlock) >> 1 >> (kBlock - 1 - (end - p)) | sentinel);
}

// Out of line, because few parameters are that long: what find_slash() does from the second vector on. x86-64-v2, which
// this is built for, does not promise AVX2. A path with less than a block left has its next slash near.
[[gnu::noinline]] inline const char* find_far_slash(const char* p, const char* end) {
  if (end - p >= kBlock && __builtin_cpu_supports("avx2")) return find_slash_by_blocks(p, end);
  return find_slash_by_vectors(p, end);
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
    return internal::find_far_slash(p + internal::kVector, end);
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

}  // namespace duel::gin::routing
