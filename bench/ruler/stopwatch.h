#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "alloc/phases.h"

namespace duel::ruler {

// Measures the time of each phase in each iteration of the server's loop, with the processor's counter of time stamps.
// Other processes make some iterations slow, so the result is the median of all iterations. It contains the time that
// the reading of the counter takes at each change of the phase: harness/ruler.py knows it from a run without phases.
//
// One per process: the observer of the phases has no argument.
class Stopwatch {
 public:
  using Times = std::array<double, alloc::kPhases>;  // ns, by phase

  // With `phases` set to false, all time belongs to kLoop, and nothing disturbs the measured code.
  explicit Stopwatch(bool phases);
  ~Stopwatch();
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

  static void begin_turn();  // the kernel has returned to the server
  void end_turn();           // the server has called the kernel

  // The times of one iteration of the loop.
  Times medians() const;
  // How often each phase has ended in an iteration. All iterations do the same work.
  uint64_t ends(size_t phase) const { return ends_[phase]; }

 private:
  std::vector<std::array<uint64_t, alloc::kPhases>> turns_;  // ticks
  std::array<uint64_t, alloc::kPhases> ends_{};
  bool phases_;
  double ns_per_tick_;
};

}  // namespace duel::ruler
