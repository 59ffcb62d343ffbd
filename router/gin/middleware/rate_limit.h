#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "http/grammar/address.h"
#include "router/gin/context.h"

// A token bucket for each client's address (client_ip()): 429 with Retry-After when it is empty (RFC 6585 §4).
//
//   inline gin::RateLimiter limiter({.per_second = 10, .burst = 20});
//   gin::use(gin::rate_limit<limiter>)
namespace duel::gin::middleware {

struct RateLimitOptions {
  double per_second = 10;   // tokens that come back
  double burst = 20;        // tokens that a bucket holds
  size_t clients = 65'536;  // rounded up to a power of two; 24 bytes each
};

// The buckets of all workers; any thread may use it. Allocates once.
//
// The table is bounded: it consists of rows of four, an address belongs to one row, and a new one takes the place of
// the fullest bucket there, which is the one that loses least. So nobody can make it grow, and who sends from very many
// addresses is limited by each of them only. The row is chosen by a hash with a random seed, so that nobody can aim at
// another client's row. An IPv6 address counts as its /64, which is what one customer gets.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // Throws std::invalid_argument unless per_second > 0, burst >= 1, and a bucket is full again within 100 years.
  explicit RateLimiter(const RateLimitOptions& options);

  // Takes a token. Zero if there was one; else the time until there will be one.
  std::chrono::nanoseconds take(const Address& client, Clock::time_point now);

 private:
  // The bucket as the time when it will be full again (the generic cell rate algorithm): one number, no refilling.
  struct Bucket {
    std::array<uint64_t, 2> client{};
    int64_t full_at_ns = 0;
  };
  static constexpr size_t kRowBuckets = 4;
  static constexpr size_t kLocks = 64;  // more than there are workers, so that they seldom meet

  size_t row_of(const std::array<uint64_t, 2>& client) const;

  int64_t token_ns_;
  int64_t burst_ns_;
  size_t rows_;  // a power of two
  uint64_t seed_[2];
  std::unique_ptr<Bucket[]> buckets_;
  std::array<std::mutex, kLocks> locks_;
};

namespace internal {
void limit_rate(Context& c, RateLimiter& limiter);
}

// A client whose address is not known shares one bucket with all such clients.
template <RateLimiter& kLimiter>
void rate_limit(Context& c) {
  internal::limit_rate(c, kLimiter);
}

}  // namespace duel::gin::middleware
