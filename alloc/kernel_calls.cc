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

struct Timed {
  Counter calls;
  Counter total_ns;
  Counter longest_ns;
};

constexpr size_t kNameBytes = 16;  // what the kernel keeps of a thread's name

struct alignas(64) Thread {
  char name[kNameBytes] = {};
  std::array<Timed, kKernelCallKinds> timed;
};

// Threads that come later share the last place; their counts are then no longer exact.
constexpr size_t kMaxThreads = 64;

// Zeroes from the start, as the first call comes before any constructor has run. Nothing here may allocate.
constinit std::array<Thread, kMaxThreads> threads;
constinit std::atomic<size_t> claimed{0};

#ifdef DUEL_JEMALLOC

constinit thread_local Thread* mine = nullptr;

Thread& this_thread() {
  if (mine == nullptr) {
    mine = &threads[std::min(claimed.fetch_add(1), kMaxThreads - 1)];
    prctl(PR_GET_NAME, mine->name);
  }
  return *mine;
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
  Timed& mine_of_kind = this_thread().timed[static_cast<size_t>(kind)];
  mine_of_kind.calls.add(1);
  mine_of_kind.total_ns.add(took_ns);
  if (took_ns > mine_of_kind.longest_ns.value()) mine_of_kind.longest_ns.set(took_ns);
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
  std::vector<ThreadKernelCalls> readings;
  const size_t count = std::min(claimed.load(), kMaxThreads);
  for (size_t i = 0; i < count; ++i) {
    ThreadKernelCalls reading{.thread = threads[i].name, .times = {}};
    for (size_t kind = 0; kind < kKernelCallKinds; ++kind) {
      const Timed& one = threads[i].timed[kind];
      reading.times[kind] = {one.calls.value(), one.total_ns.value(), one.longest_ns.value()};
    }
    readings.push_back(reading);
  }
  return readings;
}

ThreadKernelCalls read_all_kernel_calls() {
  ThreadKernelCalls sum{.thread = "all", .times = {}};
  for (const ThreadKernelCalls& one : read_kernel_calls()) {
    for (size_t kind = 0; kind < kKernelCallKinds; ++kind) sum.times[kind] += one.times[kind];
  }
  return sum;
}

}  // namespace duel::alloc

#ifdef DUEL_JEMALLOC

using duel::alloc::KernelCall;

extern "C" {

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's names are reserved for it
int madvise(void* address, size_t size, int advice) noexcept {
  const auto call = [&] { return syscall(SYS_madvise, address, size, advice); };
  const bool purge = advice == MADV_DONTNEED || advice == MADV_FREE;
  return static_cast<int>(purge ? duel::alloc::timed(KernelCall::kPurge, call) : call());
}

void* mmap(void* address, size_t size, int protection, int flags, int descriptor, off_t offset) noexcept {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel's answer is a number
  return reinterpret_cast<void*>(duel::alloc::timed(
      KernelCall::kMap, [&] { return syscall(SYS_mmap, address, size, protection, flags, descriptor, offset); }));
}

int munmap(void* address, size_t size) noexcept {
  return static_cast<int>(duel::alloc::timed(KernelCall::kUnmap, [&] { return syscall(SYS_munmap, address, size); }));
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)

}  // extern "C"

#endif
