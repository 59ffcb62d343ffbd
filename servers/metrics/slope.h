#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace duel::servers::metrics {

// A line through what was measured last: by how much it grows in a second, by least squares.
class Slope {
 public:
  explicit Slope(size_t points) : most_(points) {}

  void add(double at_s, double value);  // times rise
  double per_second() const;            // 0 for less than two points

 private:
  struct Point {
    double at_s;
    double value;
  };
  size_t most_;
  std::vector<Point> points_;
};

}  // namespace duel::servers::metrics
