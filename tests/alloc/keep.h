#pragma once

namespace duel::alloc {

// Makes the compiler assume that the memory is used. Otherwise it could remove the new and its delete.
inline void keep(void* memory) {
  asm volatile("" : : "r"(memory) : "memory");
}

// Skips a test that needs exact counts, if jemalloc is not the allocator.
#define SKIP_WITHOUT_JEMALLOC() \
  if (!duel::alloc::available()) GTEST_SKIP() << "jemalloc is not the allocator of this process"

}  // namespace duel::alloc
