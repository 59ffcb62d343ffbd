#include "alloc/reclamation.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "alloc/counters.h"
#include "alloc/mallctl.h"
#include "alloc/proc_text.h"

namespace duel::alloc {
namespace {

// Arena 4096 is jemalloc's name for all arenas merged (MALLCTL_ARENAS_ALL).
constexpr const char* kPurgePasses[] = {"stats.arenas.4096.dirty_npurge", "stats.arenas.4096.muzzy_npurge"};
constexpr const char* kPurgeCalls[] = {"stats.arenas.4096.dirty_nmadvise", "stats.arenas.4096.muzzy_nmadvise"};
constexpr const char* kPurgedPages[] = {"stats.arenas.4096.dirty_purged", "stats.arenas.4096.muzzy_purged"};

uint64_t sum_of(const char* const (&names)[2]) {
  uint64_t sum = 0;
  for (const char* name : names) {
    uint64_t value = 0;
    mallctl_read(name, value);
    sum += value;
  }
  return sum;
}

void read_allocator(Reclamation& reading) {
  if (!available()) return;
  uint64_t epoch = 1;
  mallctl_write("epoch", epoch);  // jemalloc's statistics are of the last epoch
  reading.purge_passes = sum_of(kPurgePasses);
  reading.purge_calls = sum_of(kPurgeCalls);
  reading.purged_pages = sum_of(kPurgedPages);
}

uint64_t microseconds(const timeval& time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

void read_usage(Reclamation& reading) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  reading.minor_faults = static_cast<uint64_t>(usage.ru_minflt);
  reading.major_faults = static_cast<uint64_t>(usage.ru_majflt);
  reading.user_cpu_us = microseconds(usage.ru_utime);
  reading.system_cpu_us = microseconds(usage.ru_stime);
}

void read_resident(Reclamation& reading) {
  std::array<char, 4096> buffer;  // the lines wanted end within the first 1 KiB
  const std::string_view status = read_proc("/proc/self/status", buffer);
  reading.rss_bytes = proc_bytes(status, "\nVmRSS:");
  reading.peak_rss_bytes = proc_bytes(status, "\nVmHWM:");
  reading.anonymous_bytes = proc_bytes(status, "\nRssAnon:");
}

}  // namespace

Reclamation read_reclamation() {
  Reclamation reading;
  read_allocator(reading);
  read_usage(reading);
  read_resident(reading);
  return reading;
}

}  // namespace duel::alloc
