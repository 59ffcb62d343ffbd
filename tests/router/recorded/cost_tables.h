#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "alloc/counters.h"

namespace duel::recorded {

// Counts allocations during each test. Skips the tests of a build that cannot count.
class CountingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!alloc::available()) GTEST_SKIP() << "no jemalloc in this build, so nothing is counted";
    ASSERT_TRUE(alloc::count_calls(true));
  }
  void TearDown() override { alloc::count_calls(false); }
};

// The allocations of a piece of work, and their bytes.
struct Cost {
  uint64_t allocations = 0;
  uint64_t bytes = 0;

  bool operator==(const Cost&) const = default;
  Cost& operator+=(const Cost& other) {
    allocations += other.allocations;
    bytes += other.bytes;
    return *this;
  }
};

std::ostream& operator<<(std::ostream& out, const Cost& cost);

template <typename Step>
Cost cost_of(Step step) {
  const alloc::Reading before = alloc::read();
  step();
  const alloc::Reading after = alloc::read();
  return {.allocations = after.calls - before.calls, .bytes = after.bytes - before.bytes};
}

// The rows of the tables of a page whose last two cells are numbers: allocations and bytes. The key is the first cell.
std::map<std::string, Cost> read_tables(const std::string& path);

// Fails the test for each row of `counted` that the tables of the page do not have, and for each of their rows that was
// not counted.
void expect_tables(const std::string& path, const std::map<std::string, Cost>& counted);

}  // namespace duel::recorded
