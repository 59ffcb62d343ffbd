#include "alloc/jemalloc_arena.h"

#include "alloc/counters.h"
#include "alloc/mallctl.h"

namespace duel::alloc {

void share_jemalloc_arena() {
  if (!available()) return;
  unsigned first = 0;
  mallctl_write("thread.arena", first);
}

void give_freed_pages_back() {
  if (!available()) return;
  mallctl_do("thread.tcache.flush");  // otherwise single freed blocks would keep their pages
  mallctl_do("arena.4096.purge");     // 4096: all arenas
}

}  // namespace duel::alloc
