#pragma once

#include <atomic>
#include <cstdint>

#include "alloc/same_build.h"

// For everyone: how much the current thread has allocated. Bytes come from jemalloc's own counters per thread and are
// exact: a difference of 0 means that nothing was allocated. jemalloc's hooks count calls, and only while count_calls()
// is on, because with hooks a malloc and a free take about 50 ns instead of 7 ns.
namespace duel::alloc {

// A realloc in place adds the size of the block to both byte counters and is not a call.
struct Reading {
  uint64_t bytes = 0;        // usable size of all blocks that this thread has allocated
  uint64_t freed_bytes = 0;  // usable size of all blocks that this thread has freed, whichever thread allocated them
  uint64_t calls = 0;        // of malloc, calloc, realloc that moved, operator new and so on; see count_calls()
  uint64_t frees = 0;        // of free, operator delete, realloc that moved and so on; see count_calls()
};

// Whether jemalloc is the allocator of the process. In a sanitizer build, or with another allocator in LD_PRELOAD, it
// is not, and every reading is 0. The first call tests the running allocator: a program that is linked with jemalloc
// can run with another one.
bool available();

// "jemalloc 5.3.0-...", as the allocator itself answers, or "libc" if not available(). The text is never freed.
const char* allocator_name();

// Starts or stops the counting of calls in the whole process. Returns whether calls are now counted, which is always
// false if not available(). Any thread.
bool count_calls(bool on);

// For read() only, which is inline.
namespace detail {

struct ThreadCounters {
  const uint64_t* bytes = nullptr;  // in jemalloc's thread-local memory; null before attach()
  const uint64_t* freed_bytes = nullptr;
  uint64_t calls = 0;
  uint64_t frees = 0;
};

inline constinit thread_local ThreadCounters thread_counters;

void attach();  // called by the first read() of a thread

}  // namespace detail

// Returns the counters of the calling thread. It takes less than a nanosecond after the thread's first call, and
// allocates nothing.
//
// The fences restrict only the compiler. The compiler assumes that malloc changes no other memory. Without the fences
// it could reuse a reading that was taken before a malloc.
inline Reading read() {
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const detail::ThreadCounters& counters = detail::thread_counters;
  if (counters.bytes == nullptr) [[unlikely]] {
    detail::attach();
  }
  const Reading reading{*counters.bytes, *counters.freed_bytes, counters.calls, counters.frees};
  std::atomic_signal_fence(std::memory_order_seq_cst);
  return reading;
}

// read().bytes alone.
inline uint64_t allocated_bytes() {
  return read().bytes;
}

}  // namespace duel::alloc
