#include "alloc/profile/writer/heap_dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alloc/profile/writer/write.h"
#include "tests/alloc/profile/writer/decoded.h"

namespace duel::alloc::profile::writer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kDump =
    "heap_v2/1024\n"
    "  t*: 3: 3072 [4: 4096]\n"
    "  t0: 3: 3072 [4: 4096]\n"
    "@ 0x1000 0x2000\n"
    "  t*: 2: 2048 [2: 2048]\n"
    "  t0: 2: 2048 [2: 2048]\n"
    "@ 0x3000\n"
    "  t*: 0: 0 [1: 1048576]\n"
    "\n"
    "MAPPED_LIBRARIES:\n"
    "@ 0x4000\n"
    "  t*: 9: 9 [9: 9]\n";

TEST(HeapDump, HasStacksWithEstimates) {
  const HeapDump dump = read_heap_dump(kDump);
  EXPECT_EQ(dump.sample_bytes, 1024);
  ASSERT_EQ(dump.stacks.size(), 2U) << "totals and the text after the stacks do not count";
  EXPECT_THAT(dump.stacks[0].addresses, ElementsAre(0x1000, 0x2000));
  // 1 KiB is sampled with the probability 1 - 1/e.
  EXPECT_THAT(dump.stacks[0].values, ElementsAre(3, 3240, 3, 3240));
  // An allocation much larger than the distance is always sampled.
  EXPECT_THAT(dump.stacks[1].values, ElementsAre(1, 1048576, 0, 0));
}

TEST(HeapDump, ScalesSmallObjects) {
  int64_t objects = 10;
  int64_t bytes = 160;
  scale_up(objects, bytes, 524288);
  EXPECT_EQ(objects, 327685);  // each sample stands for 32,768.5 objects
  EXPECT_EQ(bytes, 5242960);
  objects = 5;
  bytes = 80;
  scale_up(objects, bytes, 1);
  EXPECT_EQ(objects, 5) << "everything was sampled";
}

TEST(HeapDump, UnknownLinesAreIgnored) {
  const HeapDump dump = read_heap_dump(
      "heap_v2/64\nnonsense\n@\n  t*: 1: 64 [1: 64]\n@ 0xzz\n  t*: -1: 5 [1: 1]\n@ 0x1\n  t*: 1\n  t*: 1: 1\n@ 0x2");
  ASSERT_EQ(dump.stacks.size(), 1U);
  EXPECT_TRUE(dump.stacks[0].addresses.empty());
}

TEST(HeapDump, OtherTextIsRefused) {
  for (const char* text : {"", "heap_v2/", "heap_v2/0\n", "heap_v2/-5\n", "heap profile: 1: 2", "heap_v2/x\n"}) {
    EXPECT_THROW(read_heap_dump(text), BadInput) << text;
  }
}

TEST(HeapDump, HugeNumbersDoNotOverflow) {
  const HeapDump dump =
      read_heap_dump("heap_v2/9223372036854775807\n@ 0x1\n  t*: 9223372036854775807: 9223372036854775807 [1: 1]\n");
  ASSERT_EQ(dump.stacks.size(), 1U);
  EXPECT_GT(dump.stacks[0].values[2], 0);
}

TEST(HeapDump, BecomesAProfileWithoutAnyFile) {
  const Decoded profile = decode(heap_profile(Process(), kDump, "alloc_space"));
  EXPECT_THAT(profile.sample_types,
              ElementsAre("alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"));
  EXPECT_EQ(profile.default_type, "alloc_space");
  EXPECT_EQ(profile.period_type, "space/bytes");
  EXPECT_EQ(profile.period, 1024);
  ASSERT_EQ(profile.samples.size(), 2U);
  EXPECT_THAT(profile.samples[0].addresses, ElementsAre(0xfff, 0x1fff)) << "addresses of the calls, not of the returns";
  EXPECT_EQ(profile.total("inuse_space/bytes"), 3240);
}

TEST(HeapDump, BecomesText) {
  const std::string text = heap_text(Process(), kDump);
  EXPECT_THAT(text, HasSubstr("heap profile: 3: 3240 [4: 1051816] @ heap/1024\n"));
  EXPECT_THAT(text, HasSubstr("3: 3240 [3: 3240] @ 0xfff 0x1fff\n"));
}

TEST(HeapDump, TotalsOfADamagedFileStopAtTheMaximum) {
  constexpr const char* kStack = "@ 0x1000\n  t*: 9223372036854775807: 9223372036854775807 [1: 9223372036854775807]\n";
  const std::string text = heap_text(Process(), std::string("heap_v2/1\n") + kStack + kStack);
  EXPECT_THAT(text, HasSubstr("9223372036854775807: 9223372036854775807 [2: 9223372036854775807]"));
}

}  // namespace
}  // namespace duel::alloc::profile::writer
