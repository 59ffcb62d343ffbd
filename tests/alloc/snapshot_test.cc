#include "alloc/snapshot.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "alloc/counters.h"
#include "alloc/kernel_calls.h"
#include "alloc/mallctl.h"
#include "alloc/memory.h"
#include "alloc/region.h"
#include "tests/alloc/keep.h"

namespace duel::alloc {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

uint64_t purge_calls() {
  return sum_of(read_kernel_calls(), KernelCall::kPurge).calls;
}

TEST(Snapshot, CountsTouchedPagesAsFaultsAndAsPeak) {
  const Snapshot before = read_snapshot();
  EXPECT_GT(before.peak_rss_bytes, 100u * 1024);
  const Region region(16 * kMiB);
  std::memset(region.data(), 1, region.size());
  keep(region.data());
  const Snapshot after = read_snapshot();
  EXPECT_GE(after.minor_faults - before.minor_faults, 16 * kMiB / 4096);
  EXPECT_GE(after.peak_rss_bytes, 16 * kMiB);
  EXPECT_GE(after.peak_rss_bytes, before.peak_rss_bytes);
}

TEST(Snapshot, CpuTimeGrowsWithWork) {
  const Snapshot before = read_snapshot();
  Snapshot now = before;
  const auto grew = [&] { return now.cpu_user_us > before.cpu_user_us && now.cpu_system_us > before.cpu_system_us; };
  // Reading a snapshot uses CPU time in user mode and in kernel mode. The kernel may count the time only at its next
  // tick, so the loop repeats it, for some seconds at most.
  for (int i = 0; i < 200'000 && !grew(); ++i) now = read_snapshot();
  EXPECT_GT(now.cpu_user_us, before.cpu_user_us);
  EXPECT_GT(now.cpu_system_us, before.cpu_system_us);
  EXPECT_EQ(now.cpu_us(), now.cpu_user_us + now.cpu_system_us);
}

TEST(Snapshot, CountsPurges) {
  SKIP_WITHOUT_JEMALLOC();
  void* block = std::malloc(4 * kMiB);
  std::memset(block, 1, 4 * kMiB);
  keep(block);
  const Snapshot before = read_snapshot();
  const uint64_t calls_before = purge_calls();
  std::free(block);
#ifdef DUEL_JEMALLOC
  ASSERT_EQ(mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0), 0);
#endif
  const Snapshot after = read_snapshot();
  EXPECT_GT(after.purge_passes, before.purge_passes);
  EXPECT_GT(purge_calls(), calls_before);
  EXPECT_GE(after.purged_pages - before.purged_pages, 4 * kMiB / 4096);
}

// jemalloc renews its statistics when an epoch begins. A read that begins no epoch would return old values.
TEST(Snapshot, IsNeverOld) {
  SKIP_WITHOUT_JEMALLOC();
  const uint64_t before = read_heap_allocated_bytes();
  void* block = std::malloc(4 * kMiB);
  keep(block);
  EXPECT_GE(read_snapshot().heap_allocated_bytes, before + 4 * kMiB);
  EXPECT_GE(read_heap_allocated_bytes(), before + 4 * kMiB);
  std::free(block);
  EXPECT_LT(read_heap_allocated_bytes(), before + 4 * kMiB);
  const Snapshot now = read_snapshot();
  EXPECT_LT(now.heap_allocated_bytes, before + 4 * kMiB);
  EXPECT_GE(now.heap_active_bytes, now.heap_allocated_bytes);
}

TEST(Snapshot, HasNothingOfTheAllocatorWithoutJemalloc) {
  if (available()) GTEST_SKIP() << "there is jemalloc";
  const Snapshot now = read_snapshot();
  EXPECT_EQ(now.purge_passes, 0u);
  EXPECT_EQ(now.purged_pages, 0u);
  EXPECT_EQ(now.lock_waits, 0u);
  EXPECT_EQ(now.heap_allocated_bytes, 0u);
}

TEST(Snapshot, ReadingAllocatesNothing) {
  read_snapshot();
  const uint64_t before = allocated_bytes();
  read_snapshot();
  EXPECT_EQ(allocated_bytes(), before);
}

}  // namespace
}  // namespace duel::alloc
