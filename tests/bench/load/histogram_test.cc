#include "bench/load/histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/load/hdr_text.h"

namespace duel::load {
namespace {

TEST(LoadHistogram, HasClassesWithoutGapsAndWithASmallError) {
  for (size_t i = 0; i < Histogram::class_of(Histogram::kMaxNs); ++i) {
    ASSERT_EQ(Histogram::class_of(Histogram::lowest_of(i)), i);
    ASSERT_EQ(Histogram::class_of(Histogram::highest_of(i)), i);
    const auto width = static_cast<double>(Histogram::highest_of(i) - Histogram::lowest_of(i));
    ASSERT_LE(width, 0.001 * static_cast<double>(Histogram::lowest_of(i)));
  }
}

TEST(LoadHistogram, QuantilesAreThoseOfTheValues) {
  Histogram histogram;
  for (int64_t us = 1; us <= 1000; ++us) histogram.record(us * 1000);
  struct Case {
    double part;
    double expected_us;
  };
  for (const Case& each : {Case{0, 1}, Case{0.001, 1}, Case{0.0011, 2}, Case{0.5, 500}, Case{0.99, 990},
                           Case{0.9901, 991}, Case{1, 1000}}) {
    EXPECT_NEAR(static_cast<double>(histogram.quantile_ns(each.part)) / 1000, each.expected_us,
                0.001 * each.expected_us)
        << each.part;
  }
  EXPECT_EQ(histogram.count(), 1000);
  EXPECT_EQ(histogram.min_ns(), 1000);
  EXPECT_EQ(histogram.max_ns(), 1'000'000);
  EXPECT_DOUBLE_EQ(histogram.mean_ns(), 500'500);
}

TEST(LoadHistogram, IsZeroIfEmpty) {
  const Histogram empty;
  EXPECT_EQ(empty.quantile_ns(0.99), 0);
  EXPECT_EQ(empty.min_ns(), 0);
  EXPECT_EQ(empty.mean_ns(), 0);
  EXPECT_THAT(empty.counts(), ::testing::IsEmpty());
}

TEST(LoadHistogram, KeepsValuesInItsRange) {
  Histogram histogram;
  histogram.record(-1);
  histogram.record(INT64_MAX);
  EXPECT_EQ(histogram.min_ns(), 0);
  EXPECT_EQ(histogram.max_ns(), Histogram::kMaxNs);
}

TEST(LoadHistogram, MergedIsAsIfRecordedTogether) {
  Histogram a;
  Histogram b;
  Histogram both;
  for (int64_t ns = 1; ns < 10'000'000; ns = ns * 3 / 2 + 1) {
    (ns % 2 == 0 ? a : b).record(ns, 3);
    both.record(ns, 3);
  }
  a.merge(b);
  EXPECT_EQ(a.counts(), both.counts());
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.min_ns(), both.min_ns());
  EXPECT_EQ(a.max_ns(), both.max_ns());
  EXPECT_DOUBLE_EQ(a.mean_ns(), both.mean_ns());
  EXPECT_EQ(hdr_text(a), hdr_text(both));
}

}  // namespace
}  // namespace duel::load
