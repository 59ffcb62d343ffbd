#include "alloc/seal.h"

#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace duel::alloc {
namespace {

#ifdef NDEBUG
constexpr bool kEnforcedByDefault = false;
#else
constexpr bool kEnforcedByDefault = true;
#endif

std::atomic<bool> enforced{kEnforcedByDefault};
std::atomic<uint64_t> broken{0};

}  // namespace

void enforce_seals(bool on) {
  enforced.store(on, std::memory_order_relaxed);
}

uint64_t broken_seals() {
  return broken.load(std::memory_order_relaxed);
}

namespace detail {

void seal_broken(const char* name, uint64_t bytes) {
  broken.fetch_add(1, std::memory_order_relaxed);
  if (!enforced.load(std::memory_order_relaxed)) return;
  std::fprintf(stderr,
               "The seal \"%s\" is broken: %" PRIu64 " bytes were allocated in a scope that must not allocate.\n", name,
               bytes);
  std::abort();
}

}  // namespace detail
}  // namespace duel::alloc
