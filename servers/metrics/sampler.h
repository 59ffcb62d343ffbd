#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "http/server.h"
#include "servers/metrics/metrics_snapshot.h"
#include "servers/metrics/slope.h"

namespace duel::servers::metrics {

int64_t unix_ms();  // now, by the wall clock

// One second of the server's life: what was counted in it, and the levels at its end.
struct Sample {
  int64_t unix_ms = 0;
  uint32_t took_ms = 0;  // about 1,000
  uint32_t connections = 0;
  uint64_t requests = 0;
  uint64_t allocations = 0;  // 0 unless calls are counted
  uint64_t allocated_bytes = 0;
  uint64_t rss_bytes = 0;
  uint64_t purges = 0;  // madvise(2) calls that gave pages back
  uint64_t purge_ns = 0;
  uint64_t longest_stall_ns = 0;
};

// What the server's memory is, and how it grows.
struct MemoryTrend {
  alloc::Memory now;
  double rss_bytes_per_s = 0;
  double virtual_bytes_per_s = 0;
};

// Looks at the server once a second, and at its memory every five, so that what is asked has a past. The workers are
// read through relaxed loads and do not notice. Any thread may call anything; one of them ticks.
class Sampler {
 public:
  static constexpr std::chrono::seconds kInterval{1};
  static constexpr size_t kHistory = 300;  // samples: five minutes
  static constexpr int kMemoryEvery = 5;   // samples

  explicit Sampler(http::Server& server);  // which outlives this
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  void tick();

  Snapshot since_start() const;  // of this moment
  Snapshot since_reset() const;
  uint64_t longest_stall_ns();  // since the reset
  // Sets all counters to 0 for since_reset() and longest_stall_ns().
  void reset();

  std::vector<Sample> history() const;  // the oldest first
  MemoryTrend memory() const;           // of this moment; the growth is that of the last five minutes
  std::chrono::milliseconds uptime() const;
  http::Server& server() { return server_; }

 private:
  void take_stall();  // with the lock
  void measure_memory();

  http::Server& server_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();

  mutable std::mutex mutex_;
  Snapshot at_reset_;
  uint64_t stall_since_reset_ns_ = 0;
  uint64_t stall_since_tick_ns_ = 0;
  std::vector<Sample> history_;  // a ring once it is full; the next one goes to next_
  size_t next_ = 0;
  int ticks_ = 0;
  std::chrono::steady_clock::time_point last_tick_ = start_;
  http::Counters last_;
  alloc::ThreadKernelCalls last_calls_;
  Slope rss_{kHistory / kMemoryEvery};
  Slope virtual_size_{kHistory / kMemoryEvery};
};

}  // namespace duel::servers::metrics
