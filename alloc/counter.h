#pragma once

#include <atomic>
#include <cstdint>

#include "alloc/same_build.h"

namespace duel::alloc {

// For code that counts: a counter that one thread writes and any thread reads. Writing is a plain addition, not a
// locked instruction.
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
