#pragma once

#include <cstdint>

// What this thread has allocated. Bytes come from jemalloc's own thread counters and are exact: a difference of 0 means
// that nothing was allocated. Calls are counted by jemalloc's hooks and only while count_calls() is on, because a
// hooked malloc is slower.
namespace duel::alloc {

struct Reading {
  uint64_t bytes = 0;        // usable size of everything ever allocated by this thread
  uint64_t freed_bytes = 0;  // of everything ever freed by this thread
  uint64_t calls = 0;        // malloc, calloc, realloc that moved, operator new, ...; 0 unless count_calls() is on
  uint64_t frees = 0;
};

// False if the process does not run on jemalloc (a sanitizer build, an LD_PRELOAD): every reading is then 0.
// Proven by asking the allocator itself through mallctl, not by what was linked.
bool available();

// Process-wide; returns what is now in force. False where not available().
bool count_calls(bool on);

// The calling thread's counters so far; about 0.3 ns after the first call on a thread.
Reading read();

}  // namespace duel::alloc
