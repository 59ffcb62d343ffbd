#pragma once

#include <atomic>
#include <cstdint>

#include "alloc/counter.h"

namespace duel::http {

using alloc::Counter;

// The largest of what one thread has noted since another has taken it. Nothing is lost between the two: what is noted
// while it is taken belongs to one side or the other.
class Maximum {
 public:
  void note(uint64_t value) {
    if (value > value_.load(std::memory_order_relaxed)) value_.store(value, std::memory_order_relaxed);
  }
  uint64_t take() { return value_.exchange(0, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace duel::http
