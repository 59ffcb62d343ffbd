#include "router/gin/middleware/rate_limit.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>

namespace duel::gin::middleware {
namespace {

constexpr double kNanoseconds = 1e9;
// 100 years. Times are nanoseconds in int64_t, and the sum of two such times must fit.
constexpr double kMaxNanoseconds = 3.2e18;

const RateLimitOptions& checked(const RateLimitOptions& options) {
  const bool positive = options.per_second > 0 && options.burst >= 1;
  if (!positive || !(kNanoseconds / options.per_second * options.burst <= kMaxNanoseconds)) {
    throw std::invalid_argument(
        "a rate limit needs per_second > 0, burst >= 1 and burst / per_second of at most 100 years");
  }
  return options;
}

std::array<uint64_t, 2> key_of(const Address& address) {
  std::array<uint64_t, 2> key{};
  std::memcpy(key.data(), address.bytes.data(), sizeof key);
  if (!address.is_v4()) key[1] = 0;
  return key;
}

// XORs the halves of a 128-bit product, so that every bit of the key changes the row.
uint64_t fold(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

RateLimiter::RateLimiter(const RateLimitOptions& options)
    : token_ns_(static_cast<int64_t>(std::ceil(kNanoseconds / checked(options).per_second))),
      burst_ns_(static_cast<int64_t>(static_cast<double>(token_ns_) * options.burst)),
      rows_(std::bit_ceil(std::max<size_t>(options.clients / kRowBuckets, 1))),
      buckets_(std::make_unique<Bucket[]>(rows_ * kRowBuckets)) {
  std::random_device random;
  for (uint64_t& seed : seed_) seed = uint64_t{random()} << 32 | random() | 1;
}

size_t RateLimiter::row_of(const std::array<uint64_t, 2>& client) const {
  return fold(client[0] ^ seed_[0], fold(client[1] ^ seed_[1], seed_[0])) & (rows_ - 1);
}

std::chrono::nanoseconds RateLimiter::take(const Address& client, Clock::time_point now) {
  const auto key = key_of(client);
  const size_t row = row_of(key);
  const int64_t now_ns = std::chrono::nanoseconds(now.time_since_epoch()).count();
  const std::scoped_lock lock(locks_[row % kLocks]);
  Bucket* const first = &buckets_[row * kRowBuckets];
  Bucket* bucket = std::find_if(first, first + kRowBuckets, [&](const Bucket& b) { return b.client == key; });
  if (bucket == first + kRowBuckets) {
    bucket = std::min_element(first, first + kRowBuckets,
                              [](const Bucket& a, const Bucket& b) { return a.full_at_ns < b.full_at_ns; });
    *bucket = {key, now_ns};
  }
  const int64_t full_at_ns = std::max(bucket->full_at_ns, now_ns) + token_ns_;
  if (full_at_ns - now_ns > burst_ns_) return std::chrono::nanoseconds(full_at_ns - now_ns - burst_ns_);
  bucket->full_at_ns = full_at_ns;
  return std::chrono::nanoseconds(0);
}

void internal::limit_rate(Context& c, RateLimiter& limiter) {
  const auto client = http::grammar::parse_scoped_address(c.client_ip());
  const auto wait = limiter.take(client ? client->address : Address{}, RateLimiter::Clock::now());
  if (wait.count() == 0) return;
  char text[20];
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  const char* end = std::to_chars(text, text + sizeof text, seconds).ptr;
  c.set_header("Retry-After", {text, static_cast<size_t>(end - text)});
  c.abort();
  c.string(429, "too many requests");
}

}  // namespace duel::gin::middleware
