#pragma once

#include <cstdint>
#include <vector>

#include "alloc/kernel_calls.h"
#include "alloc/memory.h"
#include "alloc/pool_use.h"
#include "alloc/snapshot.h"
#include "http/server.h"

namespace duel::servers::metrics {

// The memory of the process, and how fast it grows.
struct MemoryTrend {
  alloc::Memory now;
  double rss_bytes_per_s = 0;
  double virtual_bytes_per_s = 0;
};

// All numbers of the server at one moment. metrics_table.h names each of them.
struct Snapshot {
  // Counters. The vectors only grow, at their ends.
  std::vector<http::Counters> workers;
  alloc::Snapshot process;
  std::vector<alloc::ThreadKernelCalls> kernel_calls;
  std::vector<alloc::PoolReading> pools;
  uint64_t access_log_dropped = 0;

  // Levels.
  uint64_t uptime_ms = 0;
  uint64_t connections_open = 0;
  uint64_t longest_stall_ns = 0;
  MemoryTrend memory;

  http::HistogramReading latency() const;  // of all workers
};

// Counters are those since `before`; levels and the longest times stay as they are in `now`.
Snapshot since(Snapshot now, const Snapshot& before);

}  // namespace duel::servers::metrics
