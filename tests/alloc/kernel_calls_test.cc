#include "alloc/kernel_calls.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "alloc/counters.h"
#include "alloc/memory.h"
#include "alloc/pool_use.h"

namespace duel::alloc {
namespace {

constexpr size_t kBytes = size_t{1} << 20;

ThreadKernelCalls calls_of(const std::string& thread) {
  ThreadKernelCalls sum;
  for (const ThreadKernelCalls& one : read_kernel_calls()) {
    for (size_t kind = 0; one.thread == thread && kind < kKernelCallKinds; ++kind) sum.times[kind] += one.times[kind];
  }
  return sum;
}

TEST(KernelCalls, AreCountedByThread) {
  if (!available()) GTEST_SKIP() << "sanitizers replace mmap and madvise themselves";
  std::thread([] {
    pthread_setname_np(pthread_self(), "purger");
    void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    EXPECT_EQ(madvise(memory, kBytes, MADV_DONTNEED), 0);
    EXPECT_EQ(madvise(memory, kBytes, MADV_NOHUGEPAGE), 0);  // releases no memory, so it is not a purge
    EXPECT_EQ(munmap(memory, kBytes), 0);
  }).join();
  const ThreadKernelCalls calls = calls_of("purger");
  EXPECT_EQ(calls.of(KernelCall::kPurge).calls, 1U);
  EXPECT_GE(calls.of(KernelCall::kMap).calls, 1U);
  EXPECT_GE(calls.of(KernelCall::kUnmap).calls, 1U);
  const CallTimes& purges = calls.of(KernelCall::kPurge);
  EXPECT_GT(purges.total_ns, 0U);
  EXPECT_EQ(purges.longest_ns, purges.total_ns) << "there was one call";
  EXPECT_GE(sum_of(read_kernel_calls(), KernelCall::kPurge).calls, 1U);
}

TEST(KernelCalls, FailAsTheSystemCallsDo) {
  errno = 0;
  EXPECT_EQ(mmap(nullptr, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), MAP_FAILED);
  EXPECT_EQ(errno, EINVAL);
  errno = 0;
  void* const odd = reinterpret_cast<void*>(uintptr_t{1});
  EXPECT_EQ(munmap(odd, kBytes), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST(Memory, GrowsWithTouchedPages) {
  const Memory before = read_memory();
  EXPECT_GE(before.rss, before.anonymous);
  EXPECT_GE(before.rss, before.pss);
  EXPECT_GT(before.pss, 0U);
  constexpr size_t kMuch = 64 * kBytes;
  void* const memory = mmap(nullptr, kMuch, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  const Memory after = read_memory();
  EXPECT_GE(after.anonymous, before.anonymous + kMuch);
  EXPECT_GE(after.rss, before.rss + kMuch / 2);
  EXPECT_GE(after.virtual_size, before.virtual_size + kMuch);
  EXPECT_GE(read_rss(), kMuch);
  munmap(memory, kMuch);
}

PoolReading reading_of(const std::string& name) {
  for (const PoolReading& one : read_pools()) {
    if (one.name == name) return one;
  }
  return {};
}

TEST(PoolUse, SumsPoolsOfTheSameName) {
  {
    PoolUse one("tested");
    PoolUse two("tested");
    one.count(true);
    one.count(true);
    two.count(false);
    EXPECT_EQ(reading_of("tested").hits, 2U);
    EXPECT_EQ(reading_of("tested").misses, 1U);
  }
  PoolUse three("tested");
  three.count(true);
  EXPECT_EQ(reading_of("tested").hits, 3U) << "hits of pools that no longer exist count too";
  EXPECT_EQ(reading_of("tested").misses, 1U);
  const std::vector<PoolReading> all = read_pools();
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const PoolReading& one) { return one.name == "tested"; }), 1);
}

}  // namespace
}  // namespace duel::alloc
