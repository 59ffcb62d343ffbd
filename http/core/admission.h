#pragma once

#include <atomic>
#include <cstdint>

namespace duel::http::core {

// How many connections all workers together may have open. Shared by the workers, but touched only when a connection
// begins or ends.
class Admission {
 public:
  explicit Admission(uint32_t most) : most_(most) {}

  bool enter() {
    if (open_.fetch_add(1, std::memory_order_relaxed) < most_) return true;
    leave();
    return false;
  }
  void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
  bool full() const { return open() >= most_; }
  uint32_t open() const { return open_.load(std::memory_order_relaxed); }
  uint32_t most() const { return most_; }

 private:
  std::atomic<uint32_t> open_{0};
  uint32_t most_;
};

}  // namespace duel::http::core
