#pragma once

// For programs: less memory that jemalloc keeps.
namespace duel::alloc {

// From now on the calling thread allocates from the arena of the process's first thread. This saves the memory that
// jemalloc keeps per arena. Call it before the thread's first allocation; later calls save nothing.
void share_jemalloc_arena();

// Gives the pages that the calling thread has freed back to the kernel now. jemalloc alone would keep them for ten
// seconds, and longer if the thread then allocates nothing. For the end of a start; it takes about a millisecond.
void give_freed_pages_back();

}  // namespace duel::alloc
