#pragma once

#include <gtest/gtest.h>

#include "tests/router/recorded/recorded.h"

namespace duel::recorded {

// Fails the test unless every outcome agrees, and as many as expected.
inline void expect_recorded(const Result& result, size_t agreed, size_t excused) {
  for (const std::string& difference : result.differences) ADD_FAILURE() << difference;
  EXPECT_EQ(result.agreed, agreed);
  EXPECT_EQ(result.excused, excused);
}

}  // namespace duel::recorded
