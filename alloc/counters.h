#pragma once

#include <atomic>
#include <cstdint>

// What this thread has allocated. Bytes come from jemalloc's own thread counters and are exact: a difference of 0 means
// that nothing was allocated. Calls are counted by jemalloc's hooks and only while count_calls() is on, because hooks
// make a malloc and free take about 50 ns instead of 7.
namespace duel::alloc {

// A realloc in place moves both byte counters by the block's size and is no call.
struct Reading {
  uint64_t bytes = 0;        // usable size of everything ever allocated by this thread
  uint64_t freed_bytes = 0;  // of everything ever freed by this thread, whoever had allocated it
  uint64_t calls = 0;        // malloc, calloc, realloc that moved, operator new, ...; stands still while not counting
  uint64_t frees = 0;        // free, operator delete, realloc that moved, ...; stands still while not counting
};

// False if the process does not run on jemalloc (a sanitizer build, an LD_PRELOAD): every reading is then 0.
// Proven by asking the allocator itself through mallctl, not by what was linked.
bool available();

// "jemalloc 5.3.0-...", as the allocator itself answers, or "libc" if not available(). Lives forever.
const char* allocator_name();

// Process-wide; returns what is now in force. False where not available(). Any thread may call it.
bool count_calls(bool on);

// Implementation of read(), visible so that it can be inlined.
namespace detail {

struct ThreadCounters {
  const uint64_t* bytes = nullptr;  // into jemalloc's own thread-local memory; null until attach()
  const uint64_t* freed_bytes = nullptr;
  uint64_t calls = 0;
  uint64_t frees = 0;
};

inline constinit thread_local ThreadCounters thread_counters;

void attach();  // cold: the thread's first reading

}  // namespace detail

// The calling thread's counters so far; less than a nanosecond after the first call on a thread. Allocates nothing.
//
// The fences are the compiler's only: it knows malloc as a function that changes no memory which it can see, and would
// otherwise take the reading before a malloc for the one after.
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

// read().bytes, for those who look twice a request.
inline uint64_t allocated_bytes() {
  return read().bytes;
}

}  // namespace duel::alloc
