#include "alloc/kernel_calls.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <ctime>

#include "alloc/counter.h"

namespace duel::alloc {
namespace {

struct TimedCalls {
  Counter calls;
  Counter total_ns;
  Counter longest_ns;
};

constexpr size_t kNameBytes = 16;  // TASK_COMM_LEN: the kernel's limit for a thread's name

struct alignas(64) Thread {
  char name[kNameBytes] = {};
  std::array<TimedCalls, kKernelCallKinds> calls;
};

// All further threads share the last entry. Its counts are not exact, because several threads write it.
constexpr size_t kMaxThreads = 64;

// Initialised at compile time, because the first call comes before any constructor has run. These functions must not
// allocate.
constinit std::array<Thread, kMaxThreads> threads;
constinit std::atomic<size_t> claimed{0};

#ifdef DUEL_JEMALLOC

constinit thread_local Thread* own_entry = nullptr;

Thread& this_thread() {
  if (own_entry == nullptr) {
    own_entry = &threads[std::min(claimed.fetch_add(1), kMaxThreads - 1)];
    prctl(PR_GET_NAME, own_entry->name);
  }
  return *own_entry;
}

uint64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

template <class Call>
long timed(KernelCall kind, Call call) {
  const uint64_t before = now_ns();
  const long result = call();
  const uint64_t took_ns = now_ns() - before;
  TimedCalls& counted = this_thread().calls[static_cast<size_t>(kind)];
  counted.calls.add(1);
  counted.total_ns.add(took_ns);
  if (took_ns > counted.longest_ns.value()) counted.longest_ns.set(took_ns);
  return result;
}

#endif

}  // namespace

CallTimes& CallTimes::operator+=(const CallTimes& other) {
  calls += other.calls;
  total_ns += other.total_ns;
  longest_ns = std::max(longest_ns, other.longest_ns);
  return *this;
}

std::vector<ThreadKernelCalls> read_kernel_calls() {
  std::vector<ThreadKernelCalls> all;
  const size_t count = std::min(claimed.load(), kMaxThreads);
  for (size_t i = 0; i < count; ++i) {
    ThreadKernelCalls one{.thread = threads[i].name, .times = {}};
    for (size_t kind = 0; kind < kKernelCallKinds; ++kind) {
      const TimedCalls& counted = threads[i].calls[kind];
      one.times[kind] = {counted.calls.value(), counted.total_ns.value(), counted.longest_ns.value()};
    }
    all.push_back(one);
  }
  return all;
}

CallTimes sum_of(const std::vector<ThreadKernelCalls>& calls, KernelCall kind) {
  CallTimes sum;
  for (const ThreadKernelCalls& one : calls) sum += one.of(kind);
  return sum;
}

}  // namespace duel::alloc

#ifdef DUEL_JEMALLOC

using duel::alloc::KernelCall;

extern "C" {

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's parameter names are reserved
int madvise(void* address, size_t size, int advice) noexcept {
  const auto call = [&] { return syscall(SYS_madvise, address, size, advice); };
  const bool purge = advice == MADV_DONTNEED || advice == MADV_FREE;
  return static_cast<int>(purge ? duel::alloc::timed(KernelCall::kPurge, call) : call());
}

void* mmap(void* address, size_t size, int protection, int flags, int descriptor, off_t offset) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the system call returns the address as a number
  return reinterpret_cast<void*>(duel::alloc::timed(
      KernelCall::kMap, [&] { return syscall(SYS_mmap, address, size, protection, flags, descriptor, offset); }));
}

int munmap(void* address, size_t size) noexcept {
  return static_cast<int>(duel::alloc::timed(KernelCall::kUnmap, [&] { return syscall(SYS_munmap, address, size); }));
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)

}  // extern "C"

#endif
