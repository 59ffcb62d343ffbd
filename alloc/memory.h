#pragma once

#include <cstdint>

// For programs and their metrics: how much memory this process has.
namespace duel::alloc {

// Sizes at one moment, in bytes; 0 without /proc.
struct Memory {
  uint64_t rss = 0;           // resident; includes the pages of the program's own file
  uint64_t pss = 0;           // resident, but each shared page is divided by the number of processes that share it
  uint64_t anonymous = 0;     // resident pages of heap, stacks and pools: memory that only this process uses
  uint64_t virtual_size = 0;  // address space
};

// Exact, from /proc/self/smaps_rollup and statm. The kernel visits every page, which takes 0.05 to 13 ms, so do not
// call it while a request is served. Allocates nothing. Any thread.
Memory read_memory();

// Memory::rss alone, from statm, in a few microseconds. The kernel adds up a thread's changes in batches: the result
// can be late by 256 KiB per thread.
uint64_t read_rss();

}  // namespace duel::alloc
