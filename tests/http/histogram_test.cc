#include "http/histogram.h"

#include <gtest/gtest.h>

namespace duel::http {
namespace {

TEST(Histogram, ClassesHaveTheirBounds) {
  for (size_t i = 0; i < Histogram::kClasses; ++i) {
    const uint64_t most = Histogram::max_ns(i);
    EXPECT_EQ(Histogram::class_of(most), i);
    if (i + 1 < Histogram::kClasses) {
      EXPECT_EQ(Histogram::class_of(most + 1), i + 1);
    }
  }
  EXPECT_EQ(Histogram::class_of(0), 0U);
  EXPECT_EQ(Histogram::max_ns(0), 1024U);
}

TEST(Histogram, AddsMany) {
  Histogram histogram;
  histogram.add(1'000, 3);
  histogram.add(3'000, 2);
  HistogramReading sum;
  sum += histogram;
  sum += histogram;
  EXPECT_EQ(sum.counts[0], 6U);
  EXPECT_EQ(sum.counts[2], 4U);
  EXPECT_EQ(sum.sum_ns, 2U * (3 * 1'000 + 2 * 3'000));
}

}  // namespace
}  // namespace duel::http
