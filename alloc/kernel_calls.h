#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// For programs and their metrics: the system calls by which this process gets memory and gives it back, with the time
// that they take, per thread.
//
// In a program that calls read_kernel_calls(), madvise, mmap and munmap of this file replace those of the C library.
// jemalloc and everything else then call these functions.
namespace duel::alloc {

enum class KernelCall : uint8_t {
  kPurge,  // madvise(2) with MADV_DONTNEED or MADV_FREE, which gives unused pages back
  kMap,    // mmap(2)
  kUnmap,  // munmap(2)
};
inline constexpr std::array kKernelCallNames = {"purge", "map", "unmap"};
inline constexpr size_t kKernelCallKinds = kKernelCallNames.size();

struct CallTimes {
  uint64_t calls = 0;
  uint64_t total_ns = 0;
  uint64_t longest_ns = 0;  // since the start of the process

  CallTimes& operator+=(const CallTimes& other);
};

struct ThreadKernelCalls {
  std::string thread;  // its name at its first call
  CallTimes times[kKernelCallKinds];

  const CallTimes& of(KernelCall kind) const { return times[static_cast<size_t>(kind)]; }
};

// One entry for each thread that has made such a call, ended threads included, in the order of their first calls. Empty
// where jemalloc is not the allocator, because sanitizers replace these functions themselves. Any thread.
std::vector<ThreadKernelCalls> read_kernel_calls();

// All threads together.
CallTimes sum_of(const std::vector<ThreadKernelCalls>& calls, KernelCall kind);

}  // namespace duel::alloc
