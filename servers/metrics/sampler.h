#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "http/server.h"
#include "servers/logs/access_log.h"
#include "servers/metrics/metrics_snapshot.h"
#include "servers/metrics/metrics_table.h"
#include "servers/metrics/slope.h"

namespace duel::servers::metrics {

int64_t unix_ms();  // the wall clock now, in milliseconds since 1970-01-01 UTC

// One second of the server's life.
struct Sample {
  int64_t timestamp_ms = 0;  // its end
  uint32_t took_ms = 0;      // the measured length, about 1,000
  std::array<uint64_t, kHistoryColumns> values{};
};

// Reads the numbers of a server: on request, and once per second for the history. Workers are read through relaxed
// loads and do no work for it. Any thread may call any function; one thread calls tick().
class Sampler {
 public:
  static constexpr std::chrono::seconds kInterval{1};
  static constexpr size_t kMaxSamples = 300;  // five minutes
  static constexpr int kMemoryEvery = 5;      // samples between two measurements of the memory's growth

  // Both must outlive this object. Without an access log, its counters are 0.
  explicit Sampler(http::Server& server, const logs::AccessLog* access_log = nullptr);
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  // To be called once per kInterval.
  void tick();

  // Both call alloc::read_snapshot() and alloc::read_memory(), so they take 0.2 to 14 ms.
  Snapshot since_start();
  Snapshot since_reset();
  // Resets the counters of since_reset() and the longest stall to 0.
  void reset();

  std::vector<Sample> history() const;  // the oldest first

 private:
  // These require the lock.
  Snapshot read();
  void take_stall();
  void measure_growth();

  http::Server& server_;
  const logs::AccessLog* access_log_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();

  mutable std::mutex mutex_;
  Snapshot at_reset_;
  uint64_t stall_since_reset_ns_ = 0;
  uint64_t stall_since_tick_ns_ = 0;
  std::vector<Sample> history_;  // a ring when it is full; the next sample goes to next_
  size_t next_ = 0;
  int ticks_ = 0;
  std::chrono::steady_clock::time_point last_tick_ = start_;
  Snapshot at_last_tick_;
  Slope rss_{kMaxSamples / kMemoryEvery};
  Slope virtual_size_{kMaxSamples / kMemoryEvery};
};

}  // namespace duel::servers::metrics
