#pragma once

#include <cstdint>

namespace duel::alloc {

// Bytes that the whole process has allocated and not freed; blocks in the threads' caches count as allocated. 0 where
// not available(). A snapshot of jemalloc's statistics: 0.1 to 0.5 ms and its arenas' locks, so never on the way of a
// request.
uint64_t in_use_bytes();

}  // namespace duel::alloc
