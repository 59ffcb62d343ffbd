#include "tests/router/beego/corpus.h"

#include <gtest/gtest.h>

namespace duel::beego {
namespace {

TEST(Corpus, EveryOutcomeIsAsRecorded) {
  const recorded::Result result = testing::run_corpus(DUEL_TEST_DATA "/routing/beego");
  for (const std::string& difference : result.differences) ADD_FAILURE() << difference;
  EXPECT_EQ(result.agreed, 10178U);
  EXPECT_EQ(result.excused, 25U);
}

}  // namespace
}  // namespace duel::beego
