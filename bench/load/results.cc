#include "bench/load/results.h"

#include <numeric>

namespace duel::load {

uint64_t Results::failed() const {
  return std::accumulate(failures.begin(), failures.end(), uint64_t{0});
}

uint64_t Results::bad_statuses() const {
  constexpr ptrdiff_t kFirstBad = 400;
  return std::accumulate(statuses.begin() + kFirstBad, statuses.end(), uint64_t{0});
}

void Results::merge(const Results& other) {
  requests += other.requests;
  sent_in_time += other.sent_in_time;
  answered += other.answered;
  bytes += other.bytes;
  for (size_t i = 0; i < kFailures; ++i) failures[i] += other.failures[i];
  for (size_t i = 0; i < kStatuses; ++i) statuses[i] += other.statuses[i];
  from_intended.merge(other.from_intended);
  from_actual.merge(other.from_actual);
  lateness.merge(other.lateness);
}

}  // namespace duel::load
