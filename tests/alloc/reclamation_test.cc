#include "alloc/reclamation.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "alloc/counters.h"
#include "alloc/mallctl.h"
#include "alloc/region.h"
#include "tests/alloc/keep.h"

namespace duel::alloc {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

TEST(Reclamation, LevelsArePlausible) {
  const Reclamation now = read_reclamation();
  EXPECT_GT(now.rss_bytes, 100u * 1024);
  EXPECT_GE(now.peak_rss_bytes, now.rss_bytes);
  EXPECT_GT(now.anonymous_bytes, 0u);
  EXPECT_LT(now.anonymous_bytes, now.rss_bytes);
}

TEST(Reclamation, TouchedPagesAreFaultsAndAnonymousMemory) {
  const Reclamation before = read_reclamation();
  const Region region(16 * kMiB);
  std::memset(region.data(), 1, region.size());
  keep(region.data());
  const Reclamation after = read_reclamation();
  EXPECT_GE(after.minor_faults - before.minor_faults, 16 * kMiB / 4096);
  EXPECT_GE(after.anonymous_bytes, before.anonymous_bytes + 15 * kMiB);
  EXPECT_GE(after.rss_bytes, before.rss_bytes + 15 * kMiB);
  EXPECT_GE(after.peak_rss_bytes, after.rss_bytes);
}

TEST(Reclamation, CpuTimeMovesWithWork) {
  const Reclamation before = read_reclamation();
  Reclamation now = before;
  const auto moved = [&] { return now.user_cpu_us > before.user_cpu_us && now.system_cpu_us > before.system_cpu_us; };
  // A snapshot is work for both; the kernel may see it only at its next tick. The bound is some seconds of it.
  for (int i = 0; i < 200'000 && !moved(); ++i) now = read_reclamation();
  EXPECT_GT(now.user_cpu_us, before.user_cpu_us);
  EXPECT_GT(now.system_cpu_us, before.system_cpu_us);
}

TEST(Reclamation, PurgesAreCounted) {
  SKIP_WITHOUT_JEMALLOC();
  void* block = std::malloc(4 * kMiB);
  std::memset(block, 1, 4 * kMiB);
  keep(block);
  const Reclamation before = read_reclamation();
  std::free(block);
#ifdef DUEL_JEMALLOC
  ASSERT_EQ(mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0), 0);
#endif
  const Reclamation after = read_reclamation();
  EXPECT_GT(after.purge_passes, before.purge_passes);
  EXPECT_GT(after.purge_calls, before.purge_calls);
  EXPECT_GE(after.purged_pages - before.purged_pages, 4 * kMiB / 4096);
}

TEST(Reclamation, WithoutJemallocThereAreNoPurges) {
  if (available()) GTEST_SKIP() << "there is jemalloc";
  const Reclamation now = read_reclamation();
  EXPECT_EQ(now.purge_passes, 0u);
  EXPECT_EQ(now.purge_calls, 0u);
  EXPECT_EQ(now.purged_pages, 0u);
}

TEST(Reclamation, ReadingAllocatesNothing) {
  read_reclamation();
  const uint64_t before = allocated_bytes();
  read_reclamation();
  EXPECT_EQ(allocated_bytes(), before);
}

}  // namespace
}  // namespace duel::alloc
