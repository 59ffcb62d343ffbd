#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// The system calls by which this process gets memory and gives it back, timed, by thread. A program that calls
// read_kernel_calls() takes the place of libc's madvise, mmap and munmap; jemalloc and all others come through here.
namespace duel::alloc {

enum class KernelCall : uint8_t {
  kPurge,  // madvise(2) with MADV_DONTNEED or MADV_FREE: unused pages go back
  kMap,    // mmap(2)
  kUnmap,  // munmap(2)
};
inline constexpr size_t kKernelCallKinds = 3;

struct CallTimes {
  uint64_t calls = 0;
  uint64_t total_ns = 0;
  uint64_t longest_ns = 0;  // since the start of the process

  CallTimes& operator+=(const CallTimes& other);
};

struct ThreadKernelCalls {
  std::string thread;  // its name when it first came here
  CallTimes times[kKernelCallKinds];

  const CallTimes& of(KernelCall kind) const { return times[static_cast<size_t>(kind)]; }
};

// Of each thread that has made such a call, ended ones too. Any thread. Empty where jemalloc is not the allocator
// (sanitizers have these functions for themselves).
std::vector<ThreadKernelCalls> read_kernel_calls();
// The same of all threads together.
ThreadKernelCalls read_all_kernel_calls();

}  // namespace duel::alloc
