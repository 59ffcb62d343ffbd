#pragma once

#include <cstdint>
#include <vector>

#include "alloc/kernel_calls.h"
#include "alloc/memory.h"
#include "alloc/pool_use.h"
#include "alloc/reclamation.h"
#include "http/server.h"

namespace duel::servers::metrics {

// Everything that is counted, at one moment. The vectors only ever grow at their ends.
struct Snapshot {
  std::vector<http::Counters> workers;
  alloc::Reclamation reclamation;
  std::vector<alloc::ThreadKernelCalls> kernel_calls;
  std::vector<alloc::PoolReading> pools;
  uint64_t lock_waits = 0;

  http::Counters total() const;
  alloc::ThreadKernelCalls all_kernel_calls() const;
};

// 0.1 to 0.5 ms, most of it jemalloc's statistics.
Snapshot read_snapshot(const http::Server& server);

// Counters since `before`; levels, and longest times, stay as they are now.
Snapshot since(Snapshot now, const Snapshot& before);

}  // namespace duel::servers::metrics
