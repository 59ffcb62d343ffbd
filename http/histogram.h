// For the core, which fills histograms, and for programs that report metrics.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "alloc/counter.h"

namespace duel::http {

// Counts durations in classes whose upper bounds double: the first class holds durations up to 1,024 ns, the last all
// durations above 2^30 ns (1.07 s). One thread adds; any thread may read.
class Histogram {
 public:
  static constexpr size_t kClasses = 22;
  static constexpr size_t kFirstBits = 10;

  // The inclusive upper bound of a class; UINT64_MAX for the last class.
  static constexpr uint64_t max_ns(size_t index) {
    return index + 1 < kClasses ? uint64_t{1} << (kFirstBits + index) : UINT64_MAX;
  }
  static constexpr size_t class_of(uint64_t ns) {
    const size_t bits = ns == 0 ? 0 : static_cast<size_t>(std::bit_width(ns - 1));
    return bits <= kFirstBits ? 0 : std::min(bits - kFirstBits, kClasses - 1);
  }

  void add(uint64_t ns, uint64_t times) {
    classes_[class_of(ns)].add(times);
    sum_ns_.add(ns * times);
  }
  uint64_t count(size_t index) const { return classes_[index].value(); }
  uint64_t sum_ns() const { return sum_ns_.value(); }

 private:
  std::array<alloc::Counter, kClasses> classes_;
  alloc::Counter sum_ns_;
};

// The values of a Histogram at one moment, or the sum of several.
struct HistogramReading {
  std::array<uint64_t, Histogram::kClasses> counts{};
  uint64_t sum_ns = 0;

  HistogramReading& operator+=(const Histogram& other) {
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += other.count(i);
    sum_ns += other.sum_ns();
    return *this;
  }
};

}  // namespace duel::http
