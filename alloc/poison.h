#pragma once

#include <cstddef>
#include <cstring>

#include "alloc/same_build.h"

#if DUEL_POISON == DUEL_POISON_ASAN
#include <sanitizer/asan_interface.h>
#endif

// For pools: detects the use of a block after it was given back. With AddressSanitizer any access ends the process. A
// debug build fills the block with a fixed byte: reads get that byte, and poisoned() detects writes. A release build
// does nothing.
//
// The build of the library decides, not the flags of the application that includes this file: the inline functions of
// both share blocks, and the linker keeps one copy of each.
//
// The first `kept` bytes keep their content, because the pool has its link there. Users must not touch them either.
namespace duel::alloc {

#if DUEL_POISON == DUEL_POISON_ASAN

inline constexpr bool kPoison = true;
inline void poison(void* block, size_t size, size_t /*kept*/) {
  __asan_poison_memory_region(block, size);
}
inline void unpoison(void* block, size_t size, size_t /*kept*/) {
  __asan_unpoison_memory_region(block, size);
}
inline bool poisoned(const void* block, size_t /*size*/, size_t /*kept*/) {
  return __asan_address_is_poisoned(block) != 0;
}

#elif DUEL_POISON == DUEL_POISON_BYTES

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
