// For the program.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "bench/load/address.h"
#include "bench/load/generator.h"
#include "bench/load/options.h"
#include "bench/load/results.h"
#include "bench/load/ring_transport.h"

namespace duel::load {

// The CPU time of the thread of a worker, or of all of them, during the steps that are reported.
struct CpuTime {
  double user_s = 0;
  double system_s = 0;
  double spin_s = 0;         // the part of both that active waiting took
  uint64_t preemptions = 0;  // involuntary context switches

  CpuTime& operator+=(const CpuTime& other);
};

// One thread of the program: a generator over a ring. All workers use one schedule and one start.
class Worker {
 public:
  // Everything must outlive the worker. The worker ends early when `stop` becomes true, within a tenth of a second.
  Worker(const Options& options, const RequestMix& mix, const Address& address, uint32_t index,
         const std::atomic<bool>& stop);

  // For the thread of the worker. Opens the connections; asks `begin` for the start of the schedule (CLOCK_MONOTONIC),
  // which may block; runs it. Throws StartFailure or std::system_error.
  void run(const std::function<int64_t()>& begin);

  // For any thread, while the worker runs.
  uint64_t answered() const { return answered_.load(std::memory_order_relaxed); }
  uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }

  // After run().
  const std::vector<Results>& results() const { return results_; }  // one per step
  const CpuTime& cpu() const { return cpu_; }

 private:
  void open_connections(Generator& generator, RingTransport& transport) const;
  void follow_schedule(Generator& generator, RingTransport& transport, int64_t start_ns);

  const Options& options_;
  const RequestMix& mix_;
  const Address& address_;
  const std::atomic<bool>& stop_;
  Plan plan_;
  std::vector<Results> results_;
  CpuTime cpu_;
  std::atomic<uint64_t> answered_ = 0;
  std::atomic<uint64_t> failed_ = 0;
};

}  // namespace duel::load
