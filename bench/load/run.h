// For the program.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/load/address.h"
#include "bench/load/options.h"
#include "bench/load/results.h"
#include "bench/load/worker.h"

namespace duel::load {

struct Outcome {
  bool interrupted = false;           // then the rest is empty
  int64_t start_unix_ns = 0;          // when the schedule started, on the wall clock
  std::vector<Results> results = {};  // one per step, of all threads
  CpuTime cpu = {};                   // of all threads
};

// Runs every worker in a thread of its own until the schedule is done or SIGINT or SIGTERM arrives. Both signals stay
// blocked afterwards. `shows_progress`: prints a line on standard error that is renewed while the run lasts. Throws
// StartFailure or std::system_error; then every thread has ended.
Outcome run_workers(const Options& options, const Address& address, bool shows_progress);

}  // namespace duel::load
