#include "alloc/counters.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/alloc/keep.h"

namespace duel::alloc {
namespace {

struct Difference {
  uint64_t bytes, freed_bytes, calls, frees;
};

template <class Action>
Difference count(Action action) {
  const Reading before = read();
  action();
  const Reading after = read();
  return {after.bytes - before.bytes, after.freed_bytes - before.freed_bytes, after.calls - before.calls,
          after.frees - before.frees};
}

class Counters : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_JEMALLOC();
    ASSERT_TRUE(count_calls(true));
  }
  void TearDown() override { count_calls(false); }
};

TEST_F(Counters, NoActionCountsNothing) {
  const Difference nothing = count([] {});
  EXPECT_EQ(nothing.bytes, 0u);
  EXPECT_EQ(nothing.freed_bytes, 0u);
  EXPECT_EQ(nothing.calls, 0u);
  EXPECT_EQ(nothing.frees, 0u);
}

TEST_F(Counters, MallocCountsTheUsableSize) {
  const Difference d = count([] {
    void* block = std::malloc(100);
    keep(block);
    std::free(block);
  });
  EXPECT_EQ(d.bytes, 112u);  // jemalloc's size class for 100
  EXPECT_EQ(d.freed_bytes, 112u);
  EXPECT_EQ(d.calls, 1u);
  EXPECT_EQ(d.frees, 1u);
}

TEST_F(Counters, CallocStrdupAndAlignedAllocCountOnce) {
  EXPECT_EQ(count([] {
              void* block = std::calloc(3, 1'000'000);
              keep(block);
              std::free(block);
            }).calls,
            1u);
  EXPECT_EQ(count([] {
              char* text = strdup("libc's own allocation");
              keep(text);
              std::free(text);
            }).calls,
            1u);
  EXPECT_EQ(count([] {
              void* block = std::aligned_alloc(4096, 4096);
              keep(block);
              std::free(block);
            }).calls,
            1u);
}

TEST_F(Counters, ReallocCountsWhenItMoves) {
  // Called through a pointer, so that static analysers do not report a leak.
  void* (*const volatile resize)(void*, size_t) = std::realloc;
  void* block = std::malloc(10);
  const Difference moved = count([&] { block = resize(block, 5000); });
  EXPECT_EQ(moved.calls, 1u);
  EXPECT_EQ(moved.frees, 1u);
  EXPECT_EQ(moved.bytes, 5120u);
  EXPECT_EQ(moved.freed_bytes, 16u);

  const Difference stayed = count([&] { block = resize(block, 5100); });
  EXPECT_EQ(stayed.calls, 0u);
  EXPECT_EQ(stayed.frees, 0u);
  EXPECT_EQ(stayed.bytes, 5120u) << "jemalloc counts a realloc in place as a new block";
  EXPECT_EQ(stayed.freed_bytes, 5120u);
  std::free(block);
}

TEST_F(Counters, OperatorNewCountsOnce) {
  const Difference one = count([] { keep(std::make_unique<int>(1).get()); });
  EXPECT_EQ(one.calls, 1u);
  EXPECT_EQ(one.frees, 1u);
  EXPECT_EQ(one.bytes, 8u);  // the smallest size class

  struct alignas(64) Line {
    char bytes[64];
  };
  EXPECT_EQ(count([] { keep(std::make_unique<Line>().get()); }).calls, 1u);
  EXPECT_EQ(count([] { keep(std::make_unique<char[]>(40).get()); }).calls, 1u);
}

TEST_F(Counters, AFailedAllocationDoesNotCount) {
  const Difference d = count([] {
    const volatile size_t too_much = static_cast<size_t>(PTRDIFF_MAX) - 4096;
    void* block = std::malloc(too_much);
    EXPECT_EQ(block, nullptr);
    std::free(block);
  });
  EXPECT_EQ(d.calls, 0u);
  EXPECT_EQ(d.bytes, 0u);
}

TEST_F(Counters, AreExactForManyCalls) {
  constexpr uint64_t kRounds = 1000;
  const Difference d = count([] {
    for (uint64_t i = 0; i < kRounds; ++i) {
      std::vector<char> bytes(i + 1);
      keep(bytes.data());
    }
  });
  EXPECT_EQ(d.calls, kRounds);
  EXPECT_EQ(d.frees, kRounds);
  EXPECT_EQ(d.bytes, d.freed_bytes);
}

TEST_F(Counters, OtherThreadsDoNotCount) {
  Difference other{};
  std::thread thread;
  const Difference starting = count([&] {
    thread = std::thread([&] {
      other = count([] {
        for (int i = 0; i < 100; ++i) keep(std::make_unique<char[]>(1000).get());
      });
    });
    thread.join();
  });
  EXPECT_EQ(other.calls, 100u);
  EXPECT_EQ(other.bytes, 100u * 1024);
  EXPECT_LT(starting.bytes,
            1024u);  // the starting thread allocates the closure; the started thread allocates the blocks
}

TEST_F(Counters, AFreeCountsForTheThreadThatFrees) {
  void* block = nullptr;
  std::thread([&] {
    block = std::malloc(4096);
    keep(block);
  }).join();
  const Difference d = count([&] { std::free(block); });
  EXPECT_EQ(d.bytes, 0u);
  EXPECT_EQ(d.freed_bytes, 4096u);
  EXPECT_EQ(d.frees, 1u);
}

TEST_F(Counters, CallsDoNotCountWhileSwitchedOff) {
  EXPECT_TRUE(count_calls(true)) << "a repeated call changes nothing";
  EXPECT_FALSE(count_calls(false));
  const Difference d = count([] { keep(std::make_unique<int>(1).get()); });
  EXPECT_EQ(d.calls, 0u);
  EXPECT_EQ(d.frees, 0u);
  EXPECT_EQ(d.bytes, 8u);
  EXPECT_FALSE(count_calls(false));
}

TEST(CountersAnywhere, NameTheAllocator) {
  const bool is_jemalloc = std::string_view(allocator_name()).starts_with("jemalloc 5");
  EXPECT_EQ(is_jemalloc, available()) << allocator_name();
#ifdef DUEL_JEMALLOC
  EXPECT_TRUE(available()) << "the build links jemalloc, but another allocator is in use";
#else
  EXPECT_FALSE(available());
#endif
}

TEST(CountersAnywhere, AreZeroWithoutJemalloc) {
  if (available()) GTEST_SKIP() << "there is jemalloc";
  EXPECT_FALSE(count_calls(true));
  keep(std::make_unique<int>(1).get());
  const Reading reading = read();
  EXPECT_EQ(reading.bytes, 0u);
  EXPECT_EQ(reading.freed_bytes, 0u);
  EXPECT_EQ(reading.calls, 0u);
  EXPECT_EQ(reading.frees, 0u);
}

}  // namespace
}  // namespace duel::alloc
