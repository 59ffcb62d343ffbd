#include "router/gin/routing/find_slash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace duel::gin::testing {
namespace {

constexpr size_t kMaxPath = 300;  // bytes: several blocks with all remainders

// Calls judge(begin, p, end, slash) with paths of all sizes. The search starts at different positions, and the first
// slash is at different positions after the start, or missing. All bytes before the start and after the first slash are
// slashes. A path fills its memory block, so that a sanitizer detects reads outside of it.
using Judge = bool (*)(const char* begin, const char* p, const char* end, const char* slash);
void with_paths(size_t min_size, Judge judge) {
  for (size_t size = min_size; size <= kMaxPath; ++size) {
    for (size_t from = 0; from <= size; from += 1 + from / 3) {
      for (size_t at = from; at <= size; at += 1 + (at - from) / 5) {
        std::vector<char> path(size, 'a');
        std::fill_n(path.begin(), from, '/');
        std::fill(path.begin() + static_cast<ptrdiff_t>(at), path.end(), '/');
        const char* begin = path.data();
        ASSERT_TRUE(judge(begin, begin + from, begin + size, begin + at)) << size << " from " << from << " at " << at;
      }
    }
  }
}

TEST(FindSlash, FindsTheFirstOrTheEnd) {
  with_paths(0, [](const char* begin, const char* p, const char* end, const char* slash) {
    return routing::find_slash(begin, p, end) == slash;
  });
}

#ifdef __SSE2__
TEST(FindSlash, ByVectors) {
  with_paths(routing::internal::kVector, [](const char*, const char* p, const char* end, const char* slash) {
    return routing::internal::find_slash_by_vectors(p, end) == slash;
  });
}

TEST(FindSlash, ByBlocks) {
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "this processor has no AVX2";
  with_paths(routing::internal::kBlock, [](const char*, const char* p, const char* end, const char* slash) {
    return routing::internal::find_slash_by_blocks(p, end) == slash;
  });
}
#endif

}  // namespace
}  // namespace duel::gin::testing
