#pragma once

namespace duel::alloc {

// Makes the compiler believe that the memory is used, so that it may not drop the pair of new and delete.
inline void keep(void* memory) {
  asm volatile("" : : "r"(memory) : "memory");
}

// Skips a test that needs exact counts where there are none.
#define SKIP_WITHOUT_JEMALLOC() \
  if (!duel::alloc::available()) GTEST_SKIP() << "the process does not run on jemalloc: there is nothing to read"

}  // namespace duel::alloc
