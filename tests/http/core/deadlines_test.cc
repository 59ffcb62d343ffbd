#include "http/core/deadlines.h"

#include <gtest/gtest.h>

namespace duel::http::core {
namespace {

constexpr TimeoutDurations kDurations{.header_ms = 10, .body_ms = 20, .idle_ms = 30, .write_ms = 40, .linger_ms = 50};

TEST(Deadlines, EachKindHasItsDuration) {
  const struct {
    Timeout kind;
    int64_t ms;
  } kinds[] = {{Timeout::kHeader, 10},
               {Timeout::kBody, 20},
               {Timeout::kIdle, 30},
               {Timeout::kWrite, 40},
               {Timeout::kLinger, 50}};
  Deadlines deadlines(1, kDurations);
  EXPECT_EQ(deadlines.next_ms(), -1);
  for (const auto& [kind, ms] : kinds) {
    deadlines.set(0, kind, 1000);
    EXPECT_EQ(deadlines.next_ms(), 1000 + ms);
    Timeout expired = Timeout::kNone;
    EXPECT_EQ(deadlines.take_expired(1000 + ms - 1, expired), -1);
    EXPECT_EQ(deadlines.take_expired(1000 + ms, expired), 0);
    EXPECT_EQ(expired, kind);
    EXPECT_EQ(deadlines.kind(0), Timeout::kNone);
  }
  EXPECT_EQ(deadlines.next_ms(), -1);
}

TEST(Deadlines, ANewOneReplacesTheOldOne) {
  Deadlines deadlines(2, kDurations);
  deadlines.set(0, Timeout::kHeader, 0);
  deadlines.set(1, Timeout::kHeader, 5);
  deadlines.set(0, Timeout::kBody, 5);
  EXPECT_EQ(deadlines.next_ms(), 15);
  deadlines.set(1, Timeout::kNone, 5);
  EXPECT_EQ(deadlines.next_ms(), 25);
}

// The grace of 1/64: an answer each millisecond does not change the lists each time.
TEST(Deadlines, ADeadlineOfIdleStaysWithinItsGrace) {
  Deadlines deadlines(2, {.header_ms = 10, .body_ms = 20, .idle_ms = 6400, .write_ms = 40, .linger_ms = 50});
  deadlines.set(0, Timeout::kIdle, 0);
  deadlines.set(1, Timeout::kIdle, 50);
  EXPECT_EQ(deadlines.next_ms(), 6500);
  deadlines.set(0, Timeout::kIdle, 100);
  EXPECT_EQ(deadlines.next_ms(), 6500) << "it is not earlier than 6400 ms after the last answer";
  deadlines.set(0, Timeout::kIdle, 101);
  EXPECT_EQ(deadlines.next_ms(), 6550) << "the other slot's";
  Timeout expired = Timeout::kNone;
  EXPECT_EQ(deadlines.take_expired(6600, expired), 1);
  EXPECT_EQ(deadlines.take_expired(6600, expired), -1);
  EXPECT_EQ(deadlines.take_expired(6601, expired), 0);
  EXPECT_EQ(expired, Timeout::kIdle);
}

}  // namespace
}  // namespace duel::http::core
