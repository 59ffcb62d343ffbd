#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/routing/gin_check.h"

namespace duel::gin::routing {
namespace {

// The counts are those of the recorded data (tests/data/routing/FORMAT.md). router/gin/README.md explains the excused
// requests.
TEST(RecordedGin, EveryAnswerAgreesUnlessTheOriginalIsWrong) {
  const Result result = check(DUEL_TEST_DATA "/routing/gin");
  EXPECT_THAT(result.differences, ::testing::IsEmpty());
  EXPECT_EQ(result.agreed, 9360U);
  EXPECT_EQ(result.refusals_agreed, 329U);
  EXPECT_EQ(result.excused.at("crashed").size(), 473U);
  EXPECT_EQ(result.excused.at("missed a route").size(), 93U);
  EXPECT_EQ(result.excused.at("missed another method's route").size(), 4U);
  EXPECT_EQ(result.excused.at("redirected to nothing").size(), 197U);
}

}  // namespace
}  // namespace duel::gin::routing
