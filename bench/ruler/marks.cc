#include "bench/ruler/marks.h"

#include <array>
#include <cstddef>

// Functions with different bodies, because the compiler merges equal ones. The names are plain, because they are
// arguments of callgrind.
#define DUEL_MARK(name)                             \
  extern "C" [[gnu::noinline]] void duel_##name() { \
    asm volatile("# duel_" #name : : : "memory");   \
  }

extern "C" {
void duel_outside();
void duel_kernel();
void duel_loop();
void duel_parse();
void duel_context();
void duel_route();
void duel_handler();
void duel_write();
}

DUEL_MARK(outside)
DUEL_MARK(kernel)
DUEL_MARK(loop)
DUEL_MARK(parse)
DUEL_MARK(context)
DUEL_MARK(route)
DUEL_MARK(handler)
DUEL_MARK(write)

namespace duel::ruler {

void mark_outside() {
  duel_outside();
}

void mark_kernel() {
  duel_kernel();
}

void mark_phase(alloc::Phase phase) {
  constexpr std::array kMarks = {duel_loop, duel_parse, duel_context, duel_route, duel_handler, duel_write};
  static_assert(kMarks.size() == alloc::kPhases);
  kMarks[static_cast<size_t>(phase)]();
}

}  // namespace duel::ruler
