#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// For walk.h: finds the end of a path segment.
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

// Returns the first '/' in [p, end), or end. [p, end) is shorter than a vector, and at least a vector of bytes before
// `end` can be read.
[[gnu::always_inline]] inline const char* find_slash_in_tail(const char* p, const char* end) {
  const char* tail = end - kVector;
  // Hides the origin of `tail` from g++. Otherwise, if this function is inlined into a caller with a short constant
  // path, g++ warns about the load, although that caller does not reach it. The assembly is empty and costs nothing.
  asm("" : "+r"(tail));  // NOLINT(hicpp-no-assembler)
  const uint32_t sentinel = 1U << (end - p);
  return p + __builtin_ctz(slash_mask_at(tail) >> (kVector - (end - p)) | sentinel);
}

// For paths of at least one vector.
inline const char* find_slash_by_vectors(const char* p, const char* end) {
  for (; end - p >= kVector; p += kVector) {
    if (const uint32_t mask = slash_mask_at(p); mask != 0) return p + __builtin_ctz(mask);
  }
  return find_slash_in_tail(p, end);
}

using WideVector [[gnu::vector_size(32)]] = char;
inline constexpr ptrdiff_t kWideVector = sizeof(WideVector);
inline constexpr ptrdiff_t kBlock = 2 * kWideVector;

// Uses the compiler's builtins, because <immintrin.h> adds a third of a second to each compilation.
[[gnu::target("avx2"), gnu::always_inline]] inline uint64_t wide_slash_mask_at(const char* from) {
  WideVector bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return static_cast<uint32_t>(__builtin_ia32_pmovmskb256(bytes == '/'));
}
[[gnu::target("avx2"), gnu::always_inline]] inline uint64_t slash_mask_of_block(const char* from) {
  return wide_slash_mask_at(from) | wide_slash_mask_at(from + kWideVector) << kWideVector;
}

// For paths of at least one block. There is one branch per block, because the last block is read together with the
// bytes before it instead of vector by vector.
[[gnu::target("avx2")]] inline const char* find_slash_by_blocks(const char* p, const char* end) {
  for (; end - p >= kBlock; p += kBlock) {
    if (const uint64_t mask = slash_mask_of_block(p); mask != 0) return p + __builtin_ctzll(mask);
  }
  const uint64_t sentinel = uint64_t{1} << (end - p);
  return p + __builtin_ctzll(slash_mask_of_block(end - kBlock) >> 1 >> (kBlock - 1 - (end - p)) | sentinel);
}

// Searches from the second vector on. Not inlined, because few parameters are that long. AVX2 is checked at run time,
// because the build targets x86-64-v2, which does not include it.
[[gnu::noinline]] inline const char* find_far_slash(const char* p, const char* end) {
  if (end - p >= kBlock && __builtin_cpu_supports("avx2")) return find_slash_by_blocks(p, end);
  return find_slash_by_vectors(p, end);
}

[[gnu::noinline]] inline const char* find_slash_bytewise(const char* p, const char* end) {
  while (p != end && *p != '/') ++p;
  return p;
}

}  // namespace internal

// Returns the first '/' in [p, end), or end. The path begins at `begin` <= p. If [p, end) is shorter than a vector, it
// is read together with the bytes before it, so that no byte outside of [begin, end) is read.
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
