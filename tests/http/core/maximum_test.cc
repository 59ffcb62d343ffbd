#include "http/core/maximum.h"

#include <gtest/gtest.h>

namespace duel::http::core {
namespace {

TEST(Maximum, IsTakenOnce) {
  Maximum maximum;
  maximum.note(5);
  maximum.note(3);
  EXPECT_EQ(maximum.take(), 5U);
  EXPECT_EQ(maximum.take(), 0U);
  maximum.note(2);
  EXPECT_EQ(maximum.take(), 2U);
}

}  // namespace
}  // namespace duel::http::core
