#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "http/counter.h"

namespace duel::http {

// How often something took so long, in classes that double: kFirst is up to 1,024 ns, each next one up to twice that,
// the last everything beyond 2^30 ns (1.07 s). Added to by one thread, read by any.
class Histogram {
 public:
  static constexpr size_t kClasses = 22;
  static constexpr size_t kFirstBits = 10;

  // At most this many ns are in the class; UINT64_MAX for the last.
  static constexpr uint64_t most_ns(size_t index) {
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
  std::array<Counter, kClasses> classes_;
  Counter sum_ns_;
};

// What a Histogram held at a moment, or several together.
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
