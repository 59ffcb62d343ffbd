#include "alloc/pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <system_error>
#include <vector>

#include "alloc/counters.h"

namespace duel::alloc {
namespace {

struct Page {
  std::array<char, 4096> bytes;
};

struct Counted {
  explicit Counted(int& alive) noexcept : alive_(&alive) { ++alive; }
  ~Counted() { --*alive_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int* alive_;
};

TEST(Pool, ReturnsNullIfAllAreInUse) {
  Pool<int> pool(3);
  int* a = pool.take(1);
  int* b = pool.take(2);
  int* c = pool.take(3);
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(pool.take(4), nullptr);
  EXPECT_EQ(pool.in_use(), 3u);
  EXPECT_EQ(*a + *b + *c, 6);

  pool.give(b);
  EXPECT_EQ(pool.take(5), b);
  EXPECT_EQ(*b, 5);
  EXPECT_EQ(pool.take(6), nullptr);
}

TEST(Pool, WithCapacity0ReturnsNull) {
  Pool<int> pool(0);
  EXPECT_EQ(pool.capacity(), 0u);
  EXPECT_EQ(pool.take(1), nullptr);
}

TEST(Pool, ReusesTheLastGivenFirst) {
  Pool<int> pool(8);
  std::array<int*, 4> taken{};
  for (int*& object : taken) object = pool.take(0);
  pool.give(taken[1]);
  pool.give(taken[3]);
  pool.give(taken[0]);
  EXPECT_EQ(pool.take(0), taken[0]);
  EXPECT_EQ(pool.take(0), taken[3]);
  EXPECT_EQ(pool.take(0), taken[1]);
}

TEST(Pool, CountsInUseAndHighWater) {
  Pool<int> pool(10);
  EXPECT_EQ(pool.capacity(), 10u);
  EXPECT_EQ(pool.high_water(), 0u);
  int* a = pool.take(0);
  int* b = pool.take(0);
  pool.give(a);
  EXPECT_EQ(pool.in_use(), 1u);
  EXPECT_EQ(pool.high_water(), 2u);
  a = pool.take(0);
  EXPECT_EQ(pool.high_water(), 2u) << "a free slot is reused before a new one is touched";
  int* c = pool.take(0);
  EXPECT_EQ(pool.high_water(), 3u);
  pool.give(a);
  pool.give(b);
  pool.give(c);
  EXPECT_EQ(pool.in_use(), 0u);
  EXPECT_EQ(pool.high_water(), 3u);
}

TEST(Pool, ConstructsAndDestroysEachTime) {
  Pool<Counted> pool(2);
  int alive = 0;
  Counted* a = pool.take(alive);
  Counted* b = pool.take(alive);
  EXPECT_EQ(alive, 2);
  pool.give(a);
  EXPECT_EQ(alive, 1);
  a = pool.take(alive);
  EXPECT_EQ(alive, 2);
  pool.give(a);
  pool.give(b);
  EXPECT_EQ(alive, 0);
}

TEST(Pool, SlotsAreAlignedAndDoNotOverlap) {
  struct alignas(64) Line {
    std::array<char, 64> bytes{};
  };
  Pool<Line> pool(3);
  std::array<uintptr_t, 3> at{};
  for (uintptr_t& address : at) address = reinterpret_cast<uintptr_t>(pool.take());
  EXPECT_EQ(at[0] % 64, 0u);
  EXPECT_EQ(at[1] - at[0], 64u);
  EXPECT_EQ(at[2] - at[1], 64u);

  Pool<char> small(2);
  char* a = small.take('a');
  char* b = small.take('b');
  EXPECT_GE(b - a, 8) << "a free slot must have room for its link";
}

size_t resident_pages(const char* first, size_t bytes) {
  const auto page_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident((bytes + page_bytes - 1) / page_bytes);
  if (mincore(const_cast<char*>(first), bytes, resident.data()) != 0) return SIZE_MAX;
  size_t count = 0;
  for (const unsigned char page : resident) count += page & 1u;
  return count;
}

TEST(Pool, TouchesOnlySlotsThatWereInUse) {
  constexpr size_t kCapacity = 4096;
  Pool<Page> pool(kCapacity);
  std::array<Page*, 4> taken{};
  for (int round = 0; round < 1000; ++round) {
    for (Page*& page : taken) {
      page = pool.take();
      page->bytes[0] = 1;
    }
    for (Page* page : taken) pool.give(page);
  }
  EXPECT_EQ(pool.high_water(), 4u);
  Page* const first = *std::min_element(taken.begin(), taken.end());
  EXPECT_EQ(resident_pages(first->bytes.data(), kCapacity * sizeof(Page)), 4u);
}

TEST(Pool, AllocatesNothing) {
  Pool<Page> pool(16);
  const Reading before = read();
  for (int round = 0; round < 3; ++round) {
    std::array<Page*, 17> taken{};
    for (Page*& page : taken) page = pool.take();
    EXPECT_EQ(taken.back(), nullptr);
    for (Page* page : taken) {
      if (page != nullptr) pool.give(page);
    }
  }
  EXPECT_EQ(read().bytes, before.bytes);
}

TEST(Pool, RefusesSizesBeyondTheAddressSpace) {
  EXPECT_THROW(Pool<Page>(SIZE_MAX / 2), std::bad_array_new_length);
  EXPECT_THROW(Pool<Page>(size_t{1} << 48), std::system_error);
}

TEST(PoolDeathTest, MisuseEndsTheProcess) {
  if (!kPoison) GTEST_SKIP() << "a release build does not check";
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Pool<Page> pool(4);
  Pool<Page> other(4);
  Page* page = pool.take();
  EXPECT_DEATH(other.give(page), "does not come from this pool");
  EXPECT_DEATH(
      {
        pool.give(page);
        pool.give(page);
      },
      "given back twice");
  EXPECT_DEATH(
      {
        pool.give(page);
        page->bytes[100] = 'x';
        page = pool.take();
      },
      "written to after it was given back|use-after-poison");
}

}  // namespace
}  // namespace duel::alloc
