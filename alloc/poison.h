#pragma once

#include <cstddef>
#include <cstring>

#if defined(__SANITIZE_ADDRESS__)
#define DUEL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DUEL_ASAN 1
#endif
#endif

#ifdef DUEL_ASAN
#include <sanitizer/asan_interface.h>
#endif

// For pools: detects the use of a block after it was given back. With AddressSanitizer any access ends the process. A
// debug build fills the block with a fixed byte: reads get that byte, and poisoned() detects writes. A release build
// does nothing.
//
// The first `kept` bytes keep their content, because the pool has its link there. Users must not touch them either.
namespace duel::alloc {

#if defined(DUEL_ASAN)

inline constexpr bool kPoison = true;
inline void poison(void* block, size_t size, size_t /*kept*/) {
  ASAN_POISON_MEMORY_REGION(block, size);
}
inline void unpoison(void* block, size_t size, size_t /*kept*/) {
  ASAN_UNPOISON_MEMORY_REGION(block, size);
}
inline bool poisoned(const void* block, size_t /*size*/, size_t /*kept*/) {
  return __asan_address_is_poisoned(block) != 0;
}

#elif !defined(NDEBUG)

inline constexpr bool kPoison = true;
inline constexpr unsigned char kPoisonByte = 0xDB;
inline constexpr unsigned char kFreshByte = 0xCD;
inline void poison(void* block, size_t size, size_t kept) {
  std::memset(static_cast<char*>(block) + kept, kPoisonByte, size - kept);
}
inline void unpoison(void* block, size_t size, size_t kept) {
  std::memset(static_cast<char*>(block) + kept, kFreshByte, size - kept);
}
// Requires that `size` is greater than `kept`. All bytes are equal if each byte equals the byte before it.
inline bool poisoned(const void* block, size_t size, size_t kept) {
  const auto* bytes = static_cast<const unsigned char*>(block) + kept;
  return bytes[0] == kPoisonByte && std::memcmp(bytes, bytes + 1, size - kept - 1) == 0;
}

#else

inline constexpr bool kPoison = false;
inline void poison(void*, size_t, size_t) {}
inline void unpoison(void*, size_t, size_t) {}
inline bool poisoned(const void*, size_t, size_t) {
  return false;
}

#endif

}  // namespace duel::alloc
