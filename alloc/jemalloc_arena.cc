#include "alloc/jemalloc_arena.h"

#include "alloc/counters.h"
#include "alloc/mallctl.h"

namespace duel::alloc {

void share_jemalloc_arena() {
  if (!available()) return;
  unsigned first = 0;
  mallctl_write("thread.arena", first);
}

}  // namespace duel::alloc
