#include "bench/load/histogram.h"

#include <cmath>

namespace duel::load {

void Histogram::merge(const Histogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  min_ns_ = std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

int64_t Histogram::quantile_ns(double part) const {
  // The tolerance keeps a product such as 0.99 * 100, which is 99.00000000000001 in binary, from counting one too far.
  constexpr double kTolerance = 1e-9;
  const double wanted = std::max(1.0, std::ceil(part * static_cast<double>(count_) * (1 - kTolerance)));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (static_cast<double>(seen) >= wanted) return std::min(highest_of(i), max_ns_);
  }
  return max_ns_;
}

std::vector<uint64_t> Histogram::counts() const {
  if (count_ == 0) return {};
  return {counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(class_of(max_ns_)) + 1};
}

}  // namespace duel::load
