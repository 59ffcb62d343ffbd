#include "servers/metrics/slope.h"

namespace duel::servers::metrics {

void Slope::add(double at_s, double value) {
  if (points_.size() == max_points_) points_.erase(points_.begin());
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
  double covariance = 0;
  double variance = 0;
  for (const Point& point : points_) {
    covariance += (point.at_s - mean_at) * (point.value - mean_value);
    variance += (point.at_s - mean_at) * (point.at_s - mean_at);
  }
  return variance > 0 ? covariance / variance : 0;
}

}  // namespace duel::servers::metrics
