#pragma once

#include <cstdint>

// What it costs this process to get memory and to give it back. There is no garbage collector here and none of this is
// its pause: a purge stops the one thread that does it.
namespace duel::alloc {

struct Reclamation {
  // Counters since the start of the process: take the difference of two snapshots.
  // jemalloc's, over all arenas and both kinds of unused page (dirty, muzzy); 0 where not available().
  uint64_t purge_passes = 0;  // times that an arena's unused pages were gone through
  uint64_t purge_calls = 0;   // madvise(2) calls made by these passes
  uint64_t purged_pages = 0;  // of 4 KiB, given back to the kernel
  // The kernel's, over all threads (getrusage(2)).
  uint64_t minor_faults = 0;  // pages made resident without reading a disk
  uint64_t major_faults = 0;
  uint64_t user_cpu_us = 0;
  uint64_t system_cpu_us = 0;

  // Levels at this moment, from /proc/self/status, in bytes. The kernel adds a thread's changes up in batches, so that
  // each may be off by some 256 KiB per thread; 0 without /proc.
  uint64_t rss_bytes = 0;        // VmRSS: resident, the program's own pages in the page cache included
  uint64_t peak_rss_bytes = 0;   // VmHWM
  uint64_t anonymous_bytes = 0;  // RssAnon: heap, stacks and pools; what this process alone costs
};

// A snapshot: 0.1 to 0.5 ms, a handful of system calls and jemalloc's arena locks, so never on the way of a request.
// Any thread may call it. It allocates nothing, so that it does not change what it reads.
Reclamation read_reclamation();

}  // namespace duel::alloc
