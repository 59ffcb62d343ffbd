#pragma once

#include <atomic>
#include <cstdint>

namespace duel::alloc {

// Counted by one thread, read by any. A plain add for the writer (no locked instruction).
class Counter {
 public:
  void add(uint64_t amount) {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  void set(uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace duel::alloc
