#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alloc/counter.h"

namespace duel::alloc {

// How well a pool serves: how often it had what was wanted, and how often that had to be made. For the one thread that
// has the pool; the sums of all pools of a name, of ended ones too, are read by any thread.
class PoolUse {
 public:
  explicit PoolUse(const char* name);  // which lives forever
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

// Of each name once, in the order of first use. Takes a lock that no count() takes.
std::vector<PoolReading> read_pools();

}  // namespace duel::alloc
