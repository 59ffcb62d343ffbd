#pragma once

#include <atomic>
#include <cstdint>

namespace duel::http::core {

// Limits the number of open connections of all workers together. The workers share it, but access it only when a
// connection begins or ends.
class Admission {
 public:
  explicit Admission(uint32_t limit) : limit_(limit) {}

  bool enter() {
    if (open_.fetch_add(1, std::memory_order_relaxed) < limit_) return true;
    leave();
    return false;
  }
  void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
  bool full() const { return open() >= limit_; }
  uint32_t open() const { return open_.load(std::memory_order_relaxed); }
  uint32_t limit() const { return limit_; }

 private:
  std::atomic<uint32_t> open_{0};
  uint32_t limit_;
};

}  // namespace duel::http::core
