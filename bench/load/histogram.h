// For the generator's results: latencies and the generator's own lateness.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace duel::load {

// Counts durations from 0 to kMaxNs in the classes of an HdrHistogram with three significant digits: 2,048 classes of
// one nanosecond, then 1,024 classes for each doubling. The width of a class is at most 1/1,024 of its values, so the
// relative error of a percentile is below 0.1 %. Longer durations count as kMaxNs. Minimum, maximum and sum are exact.
// One thread at a time may use it.
class Histogram {
 public:
  static constexpr int kDigits = 3;
  static constexpr int64_t kMaxNs = int64_t{3600} * 1'000'000'000;  // one hour; more than any time limit of a request
  static constexpr int kHalfBits = 10;                              // log2 of the classes of each doubling
  static constexpr size_t kHalf = size_t{1} << kHalfBits;

  // The class of a duration from 0 to kMaxNs, and the bounds (inclusive) of a class.
  static constexpr size_t class_of(int64_t ns) {
    const auto value = static_cast<uint64_t>(ns);
    const auto shift = static_cast<size_t>(std::bit_width(value | (2 * kHalf - 1))) - (kHalfBits + 1);
    return (shift << kHalfBits) + static_cast<size_t>(value >> shift);
  }
  static constexpr int64_t lowest_of(size_t index) {
    return index < 2 * kHalf ? static_cast<int64_t>(index)
                             : static_cast<int64_t>(kHalf + index % kHalf) << (index / kHalf - 1);
  }
  static constexpr int64_t highest_of(size_t index) { return lowest_of(index + 1) - 1; }

  // Negative durations count as 0. Two clock readings can give one only if the caller mixes up its times.
  void record(int64_t ns, uint64_t times = 1) {
    ns = std::clamp<int64_t>(ns, 0, kMaxNs);
    counts_[class_of(ns)] += times;
    count_ += times;
    sum_ns_ += static_cast<double>(ns) * static_cast<double>(times);
    min_ns_ = std::min(min_ns_, ns);
    max_ns_ = std::max(max_ns_, ns);
  }
  void merge(const Histogram& other);

  uint64_t count() const { return count_; }
  // 0 if nothing was recorded.
  int64_t min_ns() const { return count_ == 0 ? 0 : min_ns_; }
  int64_t max_ns() const { return max_ns_; }
  double mean_ns() const { return count_ == 0 ? 0 : sum_ns_ / static_cast<double>(count_); }
  // The smallest duration that is not exceeded by the fraction `part` of all durations, for example 0.99; rounded up to
  // the end of its class, but never above the maximum. 0 if nothing was recorded.
  int64_t quantile_ns(double part) const;

  // The counts of all classes up to the last one that is not empty.
  std::vector<uint64_t> counts() const;

 private:
  std::vector<uint64_t> counts_ = std::vector<uint64_t>(class_of(kMaxNs) + 1);
  uint64_t count_ = 0;
  double sum_ns_ = 0;
  int64_t min_ns_ = kMaxNs;
  int64_t max_ns_ = 0;
};

}  // namespace duel::load
