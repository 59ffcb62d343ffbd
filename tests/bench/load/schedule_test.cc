#include "bench/load/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace duel::load {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::vector<Due> all(const std::vector<Step>& steps, Share share = {}) {
  std::vector<Due> dues;
  for (ScheduleCursor cursor(steps, share); !cursor.done(); cursor.advance()) dues.push_back(cursor.due());
  return dues;
}

std::vector<int64_t> times(const std::vector<Due>& dues) {
  std::vector<int64_t> result;
  for (const Due& due : dues) result.push_back(due.intended_ns);
  return result;
}

TEST(Schedule, SpacesRequestsEvenly) {
  EXPECT_THAT(times(all({{.rate_milli = 4000, .duration_ns = kSecond}})),
              ::testing::ElementsAre(0, 250'000'000, 500'000'000, 750'000'000));
  EXPECT_THAT(times(all({{.rate_milli = 3000, .duration_ns = kSecond}})),
              ::testing::ElementsAre(0, 333'333'333, 666'666'666));
  EXPECT_THAT(times(all({{.rate_milli = 500, .duration_ns = 3 * kSecond}})), ::testing::ElementsAre(0, 2 * kSecond));
}

TEST(Schedule, RoundingDoesNotAddUp) {
  const std::vector<Due> dues = all({{.rate_milli = 7'000'000, .duration_ns = 10 * kSecond}});
  ASSERT_EQ(dues.size(), 70'000);
  EXPECT_EQ(dues[69'999].intended_ns, 69'999 * kSecond / 7000);
}

TEST(Schedule, BeginsEachStepAtItsTime) {
  const std::vector<Step> steps = {{.rate_milli = 3000, .duration_ns = kSecond / 2},
                                   {.rate_milli = 1, .duration_ns = kSecond},
                                   {.rate_milli = 2000, .duration_ns = kSecond}};
  const std::vector<Due> dues = all(steps);
  EXPECT_THAT(times(dues), ::testing::ElementsAre(0, 333'333'333, kSecond / 2, 3 * kSecond / 2, 2 * kSecond));
  EXPECT_EQ(dues[1].step, 0);
  EXPECT_EQ(dues[2].step, 1);
  EXPECT_EQ(dues[4].step, 2);
  EXPECT_EQ(dues[4].number, 4);
  EXPECT_EQ(requests_in(steps[0]), 2);
  EXPECT_EQ(duration_ns(steps), 5 * kSecond / 2);
  EXPECT_EQ(warmup_ns(steps), 0);
}

TEST(Schedule, TheWarmUpIsAPartOfTheDuration) {
  const std::vector<Step> steps = {{.rate_milli = 1000, .duration_ns = kSecond / 2, .warmup = true},
                                   {.rate_milli = 1000, .duration_ns = 3 * kSecond}};
  EXPECT_EQ(warmup_ns(steps), kSecond / 2);
  EXPECT_EQ(duration_ns(steps), 7 * kSecond / 2);
}

TEST(Schedule, SharesMakeUpTheWhole) {
  const std::vector<Step> steps = {{.rate_milli = 10'001, .duration_ns = kSecond},
                                   {.rate_milli = 77'000, .duration_ns = kSecond / 3}};
  const std::vector<Due> whole = all(steps);
  size_t sum = 0;
  for (uint64_t index = 0; index < 5; ++index) {
    for (const Due& due : all(steps, {index, 5})) {
      ++sum;
      EXPECT_EQ(due.number % 5, index);
      EXPECT_EQ(due.intended_ns, whole[due.number].intended_ns);
      EXPECT_EQ(due.step, whole[due.number].step);
    }
  }
  EXPECT_EQ(sum, whole.size());
  EXPECT_THAT(all({{.rate_milli = 1000, .duration_ns = kSecond}}, {3, 5}), ::testing::IsEmpty());
}

}  // namespace
}  // namespace duel::load
