#include "servers/metrics/metrics_snapshot.h"

#include <algorithm>

namespace duel::servers::metrics {
namespace {

// Each number of http::Counters, once.
template <class Each>
void for_each_number(http::Counters& a, const http::Counters& b, Each each) {
  using http::Counters;
  for (const auto member :
       {&http::Counters::requests, &http::Counters::refused, &http::Counters::connections, &http::Counters::turned_away,
        &http::Counters::responses_3xx, &http::Counters::responses_4xx, &http::Counters::responses_5xx,
        &http::Counters::bytes_received, &http::Counters::bytes_sent, &http::Counters::ring_enters,
        &http::Counters::completions, &http::Counters::busy_ns, &http::Counters::no_buffers,
        &http::Counters::allocations, &http::Counters::allocated_bytes}) {
    each(a.*member, b.*member);
  }
  for (size_t i = 0; i < a.latency.counts.size(); ++i) each(a.latency.counts[i], b.latency.counts[i]);
  each(a.latency.sum_ns, b.latency.sum_ns);
}

constexpr auto kSubtract = [](uint64_t& now, uint64_t before) { now -= before; };
constexpr auto kAdd = [](uint64_t& sum, uint64_t one) { sum += one; };

void subtract(alloc::Reclamation& now, const alloc::Reclamation& before) {
  using alloc::Reclamation;
  for (const auto member :
       {&alloc::Reclamation::purge_passes, &alloc::Reclamation::purge_calls, &alloc::Reclamation::purged_pages,
        &alloc::Reclamation::minor_faults, &alloc::Reclamation::major_faults, &alloc::Reclamation::user_cpu_us,
        &alloc::Reclamation::system_cpu_us}) {
    kSubtract(now.*member, before.*member);
  }
}

}  // namespace

http::Counters Snapshot::total() const {
  http::Counters sum;
  for (const http::Counters& worker : workers) for_each_number(sum, worker, kAdd);
  return sum;
}

alloc::ThreadKernelCalls Snapshot::all_kernel_calls() const {
  alloc::ThreadKernelCalls sum{.thread = "all", .times = {}};
  for (const alloc::ThreadKernelCalls& thread : kernel_calls) {
    for (size_t kind = 0; kind < alloc::kKernelCallKinds; ++kind) sum.times[kind] += thread.times[kind];
  }
  return sum;
}

Snapshot read_snapshot(const http::Server& server) {
  Snapshot now;
  for (size_t i = 0; i < server.worker_count(); ++i) now.workers.push_back(server.counters_of(i));
  now.reclamation = alloc::read_reclamation();
  now.kernel_calls = alloc::read_kernel_calls();
  now.pools = alloc::read_pools();
  now.lock_waits = alloc::read_lock_waits();
  return now;
}

Snapshot since(Snapshot now, const Snapshot& before) {
  for (size_t i = 0; i < before.workers.size(); ++i) for_each_number(now.workers[i], before.workers[i], kSubtract);
  subtract(now.reclamation, before.reclamation);
  for (size_t i = 0; i < before.kernel_calls.size(); ++i) {
    for (size_t kind = 0; kind < alloc::kKernelCallKinds; ++kind) {
      now.kernel_calls[i].times[kind].calls -= before.kernel_calls[i].times[kind].calls;
      now.kernel_calls[i].times[kind].total_ns -= before.kernel_calls[i].times[kind].total_ns;
    }
  }
  for (size_t i = 0; i < before.pools.size(); ++i) {
    now.pools[i].hits -= before.pools[i].hits;
    now.pools[i].misses -= before.pools[i].misses;
  }
  now.lock_waits -= before.lock_waits;
  return now;
}

}  // namespace duel::servers::metrics
