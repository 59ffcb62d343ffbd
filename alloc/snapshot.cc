#include "alloc/snapshot.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <string_view>

#include "alloc/counters.h"
#include "alloc/mallctl.h"
#include "alloc/proc_text.h"

namespace duel::alloc {
namespace {

// Arena 4096 is jemalloc's name for all arenas merged (MALLCTL_ARENAS_ALL).
constexpr const char* kPurgePasses[] = {"stats.arenas.4096.dirty_npurge", "stats.arenas.4096.muzzy_npurge"};
constexpr const char* kPurgedPages[] = {"stats.arenas.4096.dirty_purged", "stats.arenas.4096.muzzy_purged"};

// jemalloc's names of the locks that each arena has, and of those that the process has.
constexpr const char* kArenaLocks[] = {
    "large",       "extent_avail", "extents_dirty", "extents_muzzy", "extents_retained",
    "decay_dirty", "decay_muzzy",  "base",          "tcache_list"};
constexpr const char* kProcessLocks[] = {"background_thread", "ctl", "prof"};

// jemalloc answers from a copy of its statistics until a new epoch begins. False if jemalloc is not the allocator.
bool refresh_statistics() {
  uint64_t epoch = 1;
  return available() && mallctl_write("epoch", epoch);
}

uint64_t sum_of(const char* const (&names)[2]) {
  uint64_t sum = 0;
  for (const char* name : names) {
    uint64_t value = 0;
    mallctl_read(name, value);
    sum += value;
  }
  return sum;
}

uint64_t waits(const char* format, const char* name) {
  std::array<char, 96> path;
  std::snprintf(path.data(), path.size(), format, name);
  uint64_t count = 0;
  mallctl_read(path.data(), count);
  return count;
}

uint64_t all_lock_waits() {
  uint64_t sum = 0;
  for (const char* lock : kArenaLocks) sum += waits("stats.arenas.4096.mutexes.%s.num_wait", lock);
  for (const char* lock : kProcessLocks) sum += waits("stats.mutexes.%s.num_wait", lock);
  unsigned bins = 0;
  mallctl_read("arenas.nbins", bins);
  for (unsigned bin = 0; bin < bins; ++bin) {
    std::array<char, 12> number{};
    std::to_chars(number.data(), number.data() + number.size() - 1, bin);
    sum += waits("stats.arenas.4096.bins.%s.mutex.num_wait", number.data());
  }
  return sum;
}

void read_allocator(Snapshot& snapshot) {
  if (!refresh_statistics()) return;
  snapshot.purge_passes = sum_of(kPurgePasses);
  snapshot.purged_pages = sum_of(kPurgedPages);
  snapshot.lock_waits = all_lock_waits();
  mallctl_read("stats.allocated", snapshot.heap_allocated_bytes);
  mallctl_read("stats.active", snapshot.heap_active_bytes);
  mallctl_read("stats.retained", snapshot.heap_retained_bytes);
}

uint64_t microseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

void read_usage(Snapshot& snapshot) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  snapshot.minor_faults = static_cast<uint64_t>(usage.ru_minflt);
  snapshot.cpu_user_us = microseconds(usage.ru_utime);
  snapshot.cpu_system_us = microseconds(usage.ru_stime);
}

void read_peak(Snapshot& snapshot) {
  std::array<char, 4096> buffer;  // VmHWM is within the first 1 KiB
  snapshot.peak_rss_bytes = proc_bytes(read_proc("/proc/self/status", buffer), "\nVmHWM:");
}

}  // namespace

Snapshot read_snapshot() {
  Snapshot snapshot;
  read_allocator(snapshot);
  read_usage(snapshot);
  read_peak(snapshot);
  return snapshot;
}

uint64_t read_heap_allocated_bytes() {
  uint64_t bytes = 0;
  if (refresh_statistics()) mallctl_read("stats.allocated", bytes);
  return bytes;
}

}  // namespace duel::alloc
