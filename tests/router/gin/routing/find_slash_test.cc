#include "router/gin/routing/find_slash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace duel::gin::testing {
namespace {

constexpr size_t kLongest = 300;  // of a path: some blocks and their rests

// Calls judge(begin, p, end, slash) with paths of all lengths, each searched from some of its bytes on, the first slash
// behind them anywhere or nowhere, and slashes before and after. A path fills its memory, so that a sanitizer notices a
// byte read beside it.
using Judge = bool (*)(const char* begin, const char* p, const char* end, const char* slash);
void with_paths(size_t shortest, Judge judge) {
  for (size_t size = shortest; size <= kLongest; ++size) {
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
