#include "alloc/memory.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "alloc/counters.h"
#include "alloc/mallctl.h"
#include "alloc/proc_text.h"

namespace duel::alloc {
namespace {

// The locks of an arena, and of the process, by jemalloc's names.
constexpr const char* kArenaLocks[] = {
    "large",       "extent_avail", "extents_dirty", "extents_muzzy", "extents_retained",
    "decay_dirty", "decay_muzzy",  "base",          "tcache_list"};
constexpr const char* kProcessLocks[] = {"background_thread", "ctl", "prof"};

uint64_t waits(const char* format, const char* name) {
  std::array<char, 96> path;
  std::snprintf(path.data(), path.size(), format, name);
  uint64_t count = 0;
  mallctl_read(path.data(), count);
  return count;
}

// Virtual and resident size in bytes.
std::array<uint64_t, 2> read_statm() {
  std::array<char, 128> buffer;
  const std::string_view statm = read_proc("/proc/self/statm", buffer);
  const char* const end = statm.data() + statm.size();
  std::array<uint64_t, 2> sizes{};
  const char* at = statm.data();
  for (uint64_t& size : sizes) {
    while (at < end && *at == ' ') ++at;
    at = std::from_chars(at, end, size).ptr;
    size *= static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return sizes;
}

}  // namespace

Memory read_memory() {
  Memory memory;
  std::array<char, 4096> buffer;
  const std::string_view rollup = read_proc("/proc/self/smaps_rollup", buffer);
  memory.rss = proc_bytes(rollup, "\nRss:");
  memory.pss = proc_bytes(rollup, "\nPss:");
  memory.anonymous = proc_bytes(rollup, "\nAnonymous:");
  memory.virtual_size = read_statm()[0];
  return memory;
}

uint64_t read_rss() {
  return read_statm()[1];
}

Heap read_heap() {
  Heap heap;
  if (!available()) return heap;
  mallctl_read("stats.allocated", heap.allocated);
  mallctl_read("stats.active", heap.active);
  mallctl_read("stats.retained", heap.retained);
  return heap;
}

uint64_t read_lock_waits() {
  if (!available()) return 0;
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

}  // namespace duel::alloc
