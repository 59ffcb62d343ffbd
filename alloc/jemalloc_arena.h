#pragma once

// For programs: lets threads that seldom allocate share a jemalloc arena.
namespace duel::alloc {

// From now on the calling thread allocates from the arena of the process's first thread. This saves the memory that
// jemalloc keeps per arena. Call it before the thread's first allocation; later calls save nothing.
void share_jemalloc_arena();

}  // namespace duel::alloc
