#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alloc/counter.h"

namespace duel::alloc {

// For owners of pools: counts how often a pool could reuse an object (a hit) and how often it had to create one (a
// miss). The thread that owns the pool counts. Any thread can read the sums of all pools of the same name, including
// those that no longer exist.
class PoolUse {
 public:
  explicit PoolUse(const char* name);  // a literal: it must outlive the process
  ~PoolUse();
  PoolUse(const PoolUse&) = delete;
  PoolUse& operator=(const PoolUse&) = delete;

  void count(bool hit) { (hit ? hits_ : misses_).add(1); }

  const char* name() const { return name_; }
  uint64_t hits() const { return hits_.value(); }
  uint64_t misses() const { return misses_.value(); }

 private:
  const char* name_;
  Counter hits_;
  Counter misses_;
};

struct PoolReading {
  std::string name;
  uint64_t hits = 0;
  uint64_t misses = 0;
};

// One entry per name, in the order of first use. Takes a lock that count() does not take.
std::vector<PoolReading> read_pools();

}  // namespace duel::alloc
