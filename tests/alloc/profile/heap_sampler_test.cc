#include "alloc/profile/heap_sampler.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "alloc/counters.h"
#include "alloc/profile/memory_file.h"
#include "alloc/profile/process_text.h"
#include "alloc/profile/writer/write.h"
#include "tests/alloc/keep.h"
#include "tests/alloc/profile/writer/decoded.h"

namespace duel::alloc::profile {
namespace {

// 64 MiB give about 8,000 samples. The standard deviation of a total is then 1.1 %, so an error above 5 % has a
// probability of about 1 in 100,000.
constexpr uint64_t kSampleBytes = 8192;
constexpr size_t kBlockBytes = 320;  // a size class of jemalloc
constexpr size_t kBlocks = (size_t{64} << 20) / kBlockBytes;
constexpr double kNear = 0.05;

[[gnu::noinline]] void keep_blocks(std::vector<void*>& blocks, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    blocks.push_back(std::malloc(kBlockBytes));
    alloc::keep(blocks.back());
  }
}

[[gnu::noinline]] void use_blocks(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    char* const block = new char[kBlockBytes];
    alloc::keep(block);
    delete[] block;
  }
}

class HeapSamplerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_JEMALLOC();
    ASSERT_TRUE(heap_sampler_present());
    blocks_.reserve(2 * kBlocks);
    ASSERT_TRUE(sample_heap(kSampleBytes));
  }
  void TearDown() override {
    pause_heap_sampler();
    for (void* block : blocks_) std::free(block);
  }

  static writer::Decoded snapshot() {
    MemoryFile samples("heap");
    EXPECT_TRUE(write_heap_samples(samples.descriptor()));
    return writer::decode(
        writer::heap_profile(writer::read_process(describe_process()), samples.read(SIZE_MAX), "inuse_space"));
  }

  static void expect_near(int64_t estimate, size_t truth) {
    EXPECT_NEAR(static_cast<double>(estimate), static_cast<double>(truth), static_cast<double>(truth) * kNear);
  }

  std::vector<void*> blocks_;
};

TEST_F(HeapSamplerTest, TotalsAreWithinFivePercentOfTheTruth) {
  const alloc::Reading before = alloc::read();
  keep_blocks(blocks_, kBlocks);
  use_blocks(kBlocks);
  const alloc::Reading after = alloc::read();
  const size_t made = after.bytes - before.bytes;
  const size_t kept = made - (after.freed_bytes - before.freed_bytes);
  const writer::Decoded profile = snapshot();
  EXPECT_EQ(profile.period, static_cast<int64_t>(kSampleBytes));
  expect_near(profile.total("inuse_space/bytes"), kept);
  expect_near(profile.total("inuse_objects/count"), kBlocks);
  expect_near(profile.total("alloc_space/bytes"), made);
  expect_near(profile.total("alloc_objects/count"), 2 * kBlocks);
}

TEST_F(HeapSamplerTest, TheLeafIsTheFunctionThatAllocates) {
  keep_blocks(blocks_, kBlocks / 8);
  use_blocks(kBlocks / 8);
  const writer::Decoded profile = snapshot();
  int64_t kept = 0;
  int64_t used = 0;
  for (const writer::DecodedSample& sample : profile.samples) {
    ASSERT_FALSE(sample.functions.empty());
    const std::string& leaf = sample.functions.front();
    if (leaf == "duel::alloc::profile::(anonymous namespace)::keep_blocks") kept += sample.values[3];
    if (leaf == "duel::alloc::profile::(anonymous namespace)::use_blocks") used += sample.values[1];
    EXPECT_FALSE(sample.has("prof_")) << leaf;
  }
  EXPECT_EQ(kept, profile.total("inuse_space/bytes", "keep_blocks"));
  EXPECT_GT(kept, 0);
  EXPECT_GT(used, 0);
  EXPECT_EQ(profile.total("inuse_space/bytes", "use_blocks"), 0) << "use_blocks has freed all blocks";
}

// `go tool pprof -base` relies on this: a stack has the same names in both profiles.
TEST_F(HeapSamplerTest, TheDifferenceOfTwoProfilesIsTheGrowthBetween) {
  keep_blocks(blocks_, kBlocks);
  const writer::Decoded first = snapshot();
  keep_blocks(blocks_, kBlocks / 2);
  const writer::Decoded second = snapshot();
  const int64_t growth =
      second.total("inuse_space/bytes", "keep_blocks") - first.total("inuse_space/bytes", "keep_blocks");
  EXPECT_NEAR(static_cast<double>(growth), static_cast<double>(kBlocks / 2 * kBlockBytes),
              kBlocks * kBlockBytes * kNear);
}

TEST_F(HeapSamplerTest, CanPauseAndStartAgain) {
  EXPECT_EQ(heap_sample_bytes(), kSampleBytes);
  keep_blocks(blocks_, kBlocks / 8);
  pause_heap_sampler();
  EXPECT_EQ(heap_sample_bytes(), 0U);
  EXPECT_FALSE(sample_heap(1000)) << "not a power of two";
  EXPECT_TRUE(sample_heap(2 * kSampleBytes));
  EXPECT_EQ(heap_sample_bytes(), 2 * kSampleBytes);
  EXPECT_EQ(snapshot().total("inuse_space/bytes", "keep_blocks"), 0) << "earlier samples are discarded";
}

TEST_F(HeapSamplerTest, ReadingAllocatesNothing) {
  MemoryFile samples("heap");
  write_heap_samples(samples.descriptor());
  const uint64_t before = alloc::allocated_bytes();
  EXPECT_TRUE(write_heap_samples(samples.descriptor()));
  EXPECT_EQ(alloc::allocated_bytes(), before);
}

TEST(HeapSampler, IsNotPresentWithoutJemalloc) {
  if (alloc::available()) GTEST_SKIP() << "there is jemalloc";
  EXPECT_FALSE(heap_sampler_present());
  EXPECT_FALSE(sample_heap(kHeapSampleBytes));
  EXPECT_EQ(heap_sample_bytes(), 0U);
}

}  // namespace
}  // namespace duel::alloc::profile
