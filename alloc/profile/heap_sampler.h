#pragma once

#include <cstdint>

// For programs: jemalloc's sampler of allocations. On average it samples one allocation per N allocated bytes. It keeps
// a sampled allocation with its stack until the allocation is freed, and the totals of each stack for ever.
//
// jemalloc creates the sampler only at its own start, if its configuration says so (restart_with_heap_sampler()).
// docs/profiles.md says what the sampler costs.
namespace duel::alloc::profile {

inline constexpr uint64_t kHeapSampleBytes = uint64_t{512} << 10;  // between two samples, as in Go

// Whether jemalloc is the allocator and has prof:true in its configuration.
bool heap_sampler_present();

// Executes this program again, by the loader if it was started so, with MALLOC_CONF set so that jemalloc has a sampler.
// Returns if the sampler is present, if the program was executed again before, or if that fails. Call it before opening
// files and starting threads.
void restart_with_heap_sampler();

// Starts sampling one allocation per `mean_bytes`, a power of two. Discards earlier samples. Returns false if the
// sampler is not present.
bool sample_heap(uint64_t mean_bytes);
// Stops sampling. Samples remain.
void pause_heap_sampler();

// The current mean distance in bytes; 0 if the sampler is paused or not present.
uint64_t heap_sample_bytes();

// Replaces the content of the file with the samples as jemalloc's own text ("heap_v2/..."). Allocates nothing: jemalloc
// writes through a small buffer of its own. Meanwhile, allocations of other threads that are to be sampled wait, for
// some milliseconds. Returns false on failure.
bool write_heap_samples(int descriptor);

}  // namespace duel::alloc::profile
