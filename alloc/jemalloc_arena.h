#pragma once

// For programs: a thread that allocates seldom can do without a jemalloc arena of its own.
namespace duel::alloc {

// From now on the calling thread allocates from the arena of the process's first thread. This saves the memory that
// jemalloc keeps per arena. Call it before the thread's first allocation; later calls save nothing.
void share_jemalloc_arena();

}  // namespace duel::alloc
