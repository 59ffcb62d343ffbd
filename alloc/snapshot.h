#pragma once

#include <cstdint>

// For programs and their metrics: what it costs this process to get memory and to give it back.
//
// There is no garbage collector here, and none of these numbers is a collector's pause: a purge stops only the thread
// that does it.
namespace duel::alloc {

// The numbers of the process at one moment. Numbers from jemalloc are 0 unless available().
struct Snapshot {
  // Counters since the start of the process.
  uint64_t purge_passes = 0;   // jemalloc: searches of an arena for unused pages, dirty and muzzy
  uint64_t purged_pages = 0;   // jemalloc: pages of 4 KiB that these passes gave back to the kernel
  uint64_t lock_waits = 0;     // jemalloc: how often a thread waited for a lock of the allocator
  uint64_t minor_faults = 0;   // kernel: pages made resident without reading a disk
  uint64_t cpu_user_us = 0;    // kernel: CPU time of all threads in user mode, in microseconds
  uint64_t cpu_system_us = 0;  // kernel: CPU time of all threads in the kernel, in microseconds

  // Levels, in bytes.
  uint64_t heap_allocated_bytes = 0;  // jemalloc: in blocks that are in use; blocks in threads' caches count
  uint64_t heap_active_bytes = 0;     // jemalloc: in pages that hold such blocks
  uint64_t heap_retained_bytes = 0;   // jemalloc: address space that is kept without memory
  uint64_t peak_rss_bytes = 0;        // kernel: the maximum resident size so far (VmHWM); 0 without /proc

  uint64_t cpu_us() const { return cpu_user_us + cpu_system_us; }
};

// Refreshes jemalloc's statistics once and reads everything from them. It takes 0.1 to 0.5 ms, a few system calls and
// the locks of jemalloc's arenas, so do not call it while a request is served. It allocates nothing, so that it does
// not change the numbers that it reads. Any thread.
Snapshot read_snapshot();

// Refreshes jemalloc's statistics and returns Snapshot::heap_allocated_bytes alone. The rules of read_snapshot() apply,
// but this call takes less time.
uint64_t read_heap_allocated_bytes();

}  // namespace duel::alloc
