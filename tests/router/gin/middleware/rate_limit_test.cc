#include "router/gin/middleware/rate_limit.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

middleware::RateLimiter shared_limiter({.per_second = 0.001, .burst = 2, .clients = 16});
constexpr auto kLimited = router(use(middleware::rate_limit<shared_limiter>), get("/probe", run_probe));

TEST(RateLimit, AnswersTooManyRequests) {
  EXPECT_EQ(ask<kLimited>("GET", {}, answer_ok).status, 200);
  EXPECT_EQ(ask<kLimited>("GET", {}, answer_ok).status, 200);
  const Answer answer = ask<kLimited>("GET", {}, answer_ok);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.body, "too many requests");
  EXPECT_EQ(answer.field("Retry-After"), "1000");
}

TEST(RateLimit, AddsTokensOverTime) {
  middleware::RateLimiter limiter({.per_second = 2, .burst = 3, .clients = 64});
  const Address client = *http::grammar::parse_address("1.2.3.4");
  const auto start = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  const auto at = [&](int ms) { return limiter.take(client, start + std::chrono::milliseconds(ms)); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at(0).count(), 0);
  EXPECT_EQ(at(0), std::chrono::milliseconds(500));
  EXPECT_EQ(at(100), std::chrono::milliseconds(400)) << "a refused request takes no token";
  EXPECT_EQ(at(500).count(), 0);
  EXPECT_NE(at(500).count(), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(at(60'000).count(), 0) << "a bucket holds at most `burst` tokens";
  EXPECT_NE(at(60'000).count(), 0);
}

TEST(RateLimit, CountsByIpv4AddressOrIpv6Network) {
  middleware::RateLimiter limiter({.per_second = 1, .burst = 1, .clients = 64});
  const auto now = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  const auto taken = [&](std::string_view text) {
    return limiter.take(*http::grammar::parse_address(text), now).count() == 0;
  };
  EXPECT_TRUE(taken("1.2.3.4"));
  EXPECT_FALSE(taken("::ffff:1.2.3.4"));
  EXPECT_TRUE(taken("1.2.3.5"));
  EXPECT_TRUE(taken("2001:db8::1"));
  EXPECT_FALSE(taken("2001:db8::2")) << "the same /64 network";
  EXPECT_TRUE(taken("2001:db8:0:1::1"));
  EXPECT_THROW(middleware::RateLimiter({.per_second = 0}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.burst = 0}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.per_second = std::nan("")}), std::invalid_argument);
  EXPECT_THROW(middleware::RateLimiter({.per_second = 1e-12}), std::invalid_argument) << "one token in 30,000 years";
  EXPECT_THROW(middleware::RateLimiter({.burst = 1e300}), std::invalid_argument);
}

// A sender with many addresses gets a token for each. The table does not grow; new buckets replace the fullest ones.
TEST(RateLimit, TheTableHasAFixedSize) {
  middleware::RateLimiter limiter({.per_second = 1, .burst = 1, .clients = 1});  // one row
  const auto now = middleware::RateLimiter::Clock::time_point(std::chrono::hours(1));
  for (uint8_t i = 0; i < 100; ++i) {
    Address address = *http::grammar::parse_address("1.2.3.0");
    address.bytes[15] = i;
    EXPECT_EQ(limiter.take(address, now).count(), 0);
  }
}

}  // namespace
}  // namespace duel::gin::testing
