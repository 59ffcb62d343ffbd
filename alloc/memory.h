#pragma once

#include <cstdint>

namespace duel::alloc {

// What this process's memory amounts to at this moment, in bytes; 0 without /proc.
struct Memory {
  uint64_t rss = 0;        // resident, the program's own pages in the page cache included
  uint64_t pss = 0;        // the same with shared pages divided among who shares them
  uint64_t anonymous = 0;  // heap, stacks and pools: what this process alone costs
  uint64_t virtual_size = 0;
};

// From /proc/self/smaps_rollup and statm: 0.05 to 13 ms, as every page is looked at; never where somebody waits. Exact,
// unlike Reclamation's levels. Allocates nothing. Any thread.
Memory read_memory();

// Memory::rss alone, from statm: some microseconds, up to some 256 KiB per thread behind.
uint64_t read_rss();

// How often, since the start, somebody has waited for one of jemalloc's locks; 0 where not available(). As fresh as the
// last read_reclamation().
uint64_t read_lock_waits();

// jemalloc's view of the heap, in bytes, as fresh as that; 0 where not available().
struct Heap {
  uint64_t allocated = 0;  // in blocks that are in use, those in threads' caches too
  uint64_t active = 0;     // in pages that hold such blocks
  uint64_t retained = 0;   // address space kept without memory
};
Heap read_heap();

}  // namespace duel::alloc
