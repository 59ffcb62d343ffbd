#include "servers/metrics/slope.h"

#include <gtest/gtest.h>

namespace duel::servers::metrics {
namespace {

TEST(Slope, IsExactForALine) {
  Slope slope(10);
  EXPECT_EQ(slope.per_second(), 0);
  slope.add(0, 5);
  EXPECT_EQ(slope.per_second(), 0);
  for (int i = 1; i < 10; ++i) slope.add(5.0 * i, 5 + 100.0 * i);
  EXPECT_DOUBLE_EQ(slope.per_second(), 20);
}

TEST(Slope, ForgetsOldPoints) {
  Slope slope(10);
  for (int i = 0; i < 10; ++i) slope.add(i, 1000.0 * i);
  for (int i = 10; i < 20; ++i) slope.add(i, 7);
  EXPECT_DOUBLE_EQ(slope.per_second(), 0);
}

}  // namespace
}  // namespace duel::servers::metrics
