#include "alloc/jemalloc_arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "alloc/counters.h"
#include "alloc/memory.h"

namespace duel::alloc {
namespace {

TEST(FreedPages, GoBackToTheKernelAtOnce) {
  if (!available()) GTEST_SKIP() << "not jemalloc";
  constexpr size_t kBlocks = 2'000;
  constexpr size_t kBlockBytes = 4'000;  // small enough for the thread's cache
  std::vector<std::unique_ptr<std::vector<char>>> blocks;
  for (size_t i = 0; i < kBlocks; ++i) blocks.push_back(std::make_unique<std::vector<char>>(kBlockBytes, 'x'));
  const uint64_t used = read_memory().anonymous;
  blocks.clear();
  give_freed_pages_back();
  EXPECT_LT(read_memory().anonymous + kBlocks * kBlockBytes * 9 / 10, used);
}

}  // namespace
}  // namespace duel::alloc
