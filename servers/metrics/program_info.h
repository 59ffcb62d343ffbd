#pragma once

#include <string>

#include "alloc/counters.h"

namespace duel::servers::metrics {

// Facts about the program, which the pages show beside its numbers.
struct ProgramInfo {
  std::string router;
  unsigned threads = 1;
  bool count_allocations = false;  // --count-allocations

  // Whether Counters::allocations counts.
  bool calls_counted() const { return count_allocations && alloc::available(); }
};

}  // namespace duel::servers::metrics
