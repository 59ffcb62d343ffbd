#include "servers/metrics/slope.h"

namespace duel::servers::metrics {

void Slope::add(double at_s, double value) {
  if (points_.size() == most_) points_.erase(points_.begin());
  points_.push_back({at_s, value});
}

double Slope::per_second() const {
  const auto count = static_cast<double>(points_.size());
  double mean_at = 0;
  double mean_value = 0;
  for (const Point& point : points_) {
    mean_at += point.at_s / count;
    mean_value += point.value / count;
  }
  double above = 0;
  double below = 0;
  for (const Point& point : points_) {
    above += (point.at_s - mean_at) * (point.value - mean_value);
    below += (point.at_s - mean_at) * (point.at_s - mean_at);
  }
  return below > 0 ? above / below : 0;
}

}  // namespace duel::servers::metrics
