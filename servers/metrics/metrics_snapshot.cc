#include "servers/metrics/metrics_snapshot.h"

#include <type_traits>

#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {
namespace {

template <class Member, class Object>
constexpr bool kIsMemberOf = std::is_same_v<Member, uint64_t Object::*>;

// Subtracts one counter of `before` from `now`.
struct Subtract {
  Snapshot& now;
  const Snapshot& before;

  template <class Member>
  void operator()(Member member) const {
    if constexpr (kIsMemberOf<Member, http::Counters>) {
      for (size_t i = 0; i < before.workers.size(); ++i) now.workers[i].*member -= before.workers[i].*member;
    } else if constexpr (kIsMemberOf<Member, alloc::Snapshot>) {
      now.process.*member -= before.process.*member;
    } else if constexpr (kIsMemberOf<Member, alloc::CallTimes>) {
      for (size_t i = 0; i < before.kernel_calls.size(); ++i) {
        for (size_t kind = 0; kind < alloc::kKernelCallKinds; ++kind) {
          now.kernel_calls[i].times[kind].*member -= before.kernel_calls[i].times[kind].*member;
        }
      }
    } else if constexpr (kIsMemberOf<Member, alloc::PoolReading>) {
      for (size_t i = 0; i < before.pools.size(); ++i) now.pools[i].*member -= before.pools[i].*member;
    } else if constexpr (kIsMemberOf<Member, Snapshot>) {
      now.*member -= before.*member;
    }
  }
};

void add(http::HistogramReading& sum, const http::HistogramReading& one) {
  for (size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += one.counts[i];
  sum.sum_ns += one.sum_ns;
}

void subtract(http::HistogramReading& now, const http::HistogramReading& before) {
  for (size_t i = 0; i < now.counts.size(); ++i) now.counts[i] -= before.counts[i];
  now.sum_ns -= before.sum_ns;
}

}  // namespace

http::HistogramReading Snapshot::latency() const {
  http::HistogramReading sum;
  for (const http::Counters& worker : workers) add(sum, worker.latency);
  return sum;
}

Snapshot since(Snapshot now, const Snapshot& before) {
  for (const Metric& metric : metrics_table()) {
    if (metric.kind == Kind::kCounter) std::visit(Subtract{now, before}, metric.source);
  }
  for (size_t i = 0; i < before.workers.size(); ++i) subtract(now.workers[i].latency, before.workers[i].latency);
  return now;
}

}  // namespace duel::servers::metrics
