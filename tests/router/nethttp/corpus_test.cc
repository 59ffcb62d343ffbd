#include "tests/router/nethttp/corpus.h"

#include <gtest/gtest.h>

namespace duel::nethttp {
namespace {

void expect_recorded(const char* folder, testing::Version version, size_t agreed, size_t excused) {
  const recorded::Result result = testing::run_corpus(std::string(DUEL_TEST_DATA "/routing/") + folder, version);
  for (const std::string& difference : result.differences) ADD_FAILURE() << difference;
  EXPECT_EQ(result.agreed, agreed);
  EXPECT_EQ(result.excused, excused);
}

TEST(Corpus, EveryOutcomeOfGo121IsAsRecorded) {
  expect_recorded("nethttp121", testing::Version::k121, 6641, 0);
}

TEST(Corpus, EveryOutcomeOfGo122IsAsRecorded) {
  expect_recorded("nethttp122", testing::Version::k122, 10740, 53);
}

}  // namespace
}  // namespace duel::nethttp
