#pragma once

#include <cstdint>

// jemalloc's sampler of allocations: of every so many bytes allocated, on average, one allocation is remembered with
// its stack until it is freed, and its stack's totals for ever.
//
// jemalloc builds it up only at its start, if its configuration says so. It then takes some 0.4 MB of resident memory,
// and an allocation costs half a nanosecond more than without it; sampling every 512 KiB, about one.
namespace duel::alloc::profile {

inline constexpr uint64_t kHeapSampleBytes = uint64_t{512} << 10;  // between two samples: that of Go's profiles

// False without jemalloc and without prof:true in its configuration.
bool heap_sampler_present();

// Executes this program again, with jemalloc's sampler built up (MALLOC_CONF), unless it is present. To be called
// before anything is open or running. Returns if that was done already, or cannot be done.
void restart_with_heap_sampler(char** argv);

// From now on, with a mean distance of a power of two; what was sampled before is forgotten. False if it is not
// present.
bool sample_heap(uint64_t mean_bytes);
void rest_heap_sampler();

// The distance now; 0 while it rests or is not present.
uint64_t heap_sample_bytes();

// Replaces the content of the file with jemalloc's own text ("heap_v2/..."), written through a small buffer of
// jemalloc's: nothing is allocated. Allocations of other threads wait where they are to be sampled, for some
// milliseconds. False if that failed.
bool write_heap_samples(int descriptor);

}  // namespace duel::alloc::profile
