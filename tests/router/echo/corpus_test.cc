#include "tests/router/echo/corpus.h"

#include <gtest/gtest.h>

namespace duel::echo {
namespace {

TEST(Corpus, EveryOutcomeIsAsRecorded) {
  const recorded::Result result = testing::run_corpus(DUEL_TEST_DATA "/routing/echo");
  for (const std::string& difference : result.differences) ADD_FAILURE() << difference;
  EXPECT_EQ(result.agreed, 11975U);
  EXPECT_EQ(result.excused, 15U);
}

}  // namespace
}  // namespace duel::echo
