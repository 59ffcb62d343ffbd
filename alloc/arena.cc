#include "alloc/arena.h"

#include "alloc/counters.h"
#include "alloc/mallctl.h"

namespace duel::alloc {

void use_first_arena() {
  if (!available()) return;
  unsigned first = 0;
  mallctl_write("thread.arena", first);
}

}  // namespace duel::alloc
