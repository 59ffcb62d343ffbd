#pragma once

#include <atomic>
#include <cstdint>

namespace duel::http::core {

// The largest value that one thread has noted since another thread took it. No value is lost: a value noted during
// take() belongs to the period before it or to the period after it.
class Maximum {
 public:
  void note(uint64_t value) {
    if (value > value_.load(std::memory_order_relaxed)) value_.store(value, std::memory_order_relaxed);
  }
  uint64_t take() { return value_.exchange(0, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace duel::http::core
