#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace duel::servers::metrics {

// How much a quantity grows per second: the slope of a least-squares line through its last measurements.
class Slope {
 public:
  // `points`: the number of measurements to keep.
  explicit Slope(size_t points) : max_points_(points) {}

  void add(double at_s, double value);  // each time is later than the time before
  double per_second() const;            // 0 for fewer than two measurements

 private:
  struct Point {
    double at_s;
    double value;
  };
  size_t max_points_;
  std::vector<Point> points_;
};

}  // namespace duel::servers::metrics
