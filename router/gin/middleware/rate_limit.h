#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "http/grammar/address.h"
#include "router/gin/context.h"

// For applications: limits the request rate of each client with a token bucket per address (client_ip()). If the bucket
// is empty, answers 429 with Retry-After (RFC 6585 §4).
//
//   inline gin::middleware::RateLimiter limiter({.per_second = 10, .burst = 20});
//   gin::use(gin::middleware::rate_limit<limiter>)
namespace duel::gin::middleware {

struct RateLimitOptions {
  double per_second = 10;   // tokens added to a bucket per second
  double burst = 20;        // maximum number of tokens in a bucket
  size_t clients = 65'536;  // number of buckets, rounded up to a power of two; 24 bytes each
};

// The buckets, shared by all workers. Any thread may use it. Only the constructor allocates.
//
// The table has a fixed size. It consists of rows of four buckets, and each address belongs to one row. A new address
// replaces the fullest bucket of its row, because that loses the least information. A sender with very many addresses
// therefore gets a fresh bucket for each, but cannot make the table grow. A hash with a random seed chooses the row, so
// that an attacker cannot aim at the row of another client. An IPv6 address counts as its /64 network, because one
// customer usually gets a whole /64.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // Throws std::invalid_argument unless per_second > 0, burst >= 1, and an empty bucket is full again within 100 years.
  explicit RateLimiter(const RateLimitOptions& options);

  // Takes a token. Returns zero if there was one; otherwise the time until there will be one.
  std::chrono::nanoseconds take(const Address& client, Clock::time_point now);

 private:
  // A bucket is stored as the time when it will be full again (generic cell rate algorithm), so that it needs no
  // refilling.
  struct Bucket {
    std::array<uint64_t, 2> client{};
    int64_t full_at_ns = 0;
  };
  static constexpr size_t kRowBuckets = 4;
  static constexpr size_t kLocks = 64;  // many more than workers, so that two workers rarely need the same lock

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

// All clients whose address is unknown share one bucket.
template <RateLimiter& kLimiter>
void rate_limit(Context& c) {
  internal::limit_rate(c, kLimiter);
}

}  // namespace duel::gin::middleware
