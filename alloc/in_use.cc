#include "alloc/in_use.h"

#include <cstddef>

#include "alloc/counters.h"
#include "alloc/mallctl.h"

namespace duel::alloc {

uint64_t in_use_bytes() {
  size_t bytes = 0;
  uint64_t epoch = 1;
  if (!available() || !mallctl_write("epoch", epoch)) return 0;  // the statistics are of the last epoch
  mallctl_read("stats.allocated", bytes);
  return bytes;
}

}  // namespace duel::alloc
