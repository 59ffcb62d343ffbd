#include "alloc/phases.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

#include "alloc/counter.h"
#include "alloc/counters.h"

namespace duel::alloc {
namespace {

uint64_t now_ns() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

// The costs of one thread.
struct Sums {
  struct Sum {
    Counter entries, ns, allocations, bytes;
  };
  std::array<Sum, kPhases> of;
  std::atomic<bool> excluded{false};
  Phase current = Phase::kLoop;
  Reading at_begin;
  uint64_t begin_ns = 0;
};

struct Registry {
  std::mutex mutex;
  std::vector<std::unique_ptr<Sums>> threads;  // entries outlive their threads
};

Registry& registry() {
  static auto* const only = new Registry;
  return *only;
}

Sums* open_sums() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.threads.push_back(std::make_unique<Sums>());
  return all.threads.back().get();
}

PhaseObserver phase_observer = nullptr;

Sums* own_sums() {
  thread_local Sums* const own = open_sums();
  return own;
}

}  // namespace

namespace detail {

void enter_phase(Phase phase) {
  if (phase_observer != nullptr) return phase_observer(phase);
  Sums* const sums = own_sums();
  const Reading reading = read();
  const uint64_t ns = now_ns();
  if (sums->begin_ns != 0) {
    Sums::Sum& sum = sums->of[static_cast<size_t>(sums->current)];
    sum.ns.add(ns - sums->begin_ns);
    sum.allocations.add(reading.calls - sums->at_begin.calls);
    sum.bytes.add(reading.bytes - sums->at_begin.bytes);
  }
  sums->of[static_cast<size_t>(phase)].entries.add(1);
  sums->current = phase;
  sums->at_begin = reading;
  sums->begin_ns = ns;
}

}  // namespace detail

void account_phases(bool on) {
  detail::phases_on = on;
}

bool phases_accounted() {
  return detail::phases_on;
}

void observe_phases(PhaseObserver observer) {
  phase_observer = observer;
}

void exclude_from_phases() {
  if (detail::phases_on) own_sums()->excluded.store(true, std::memory_order_relaxed);
}

std::array<PhaseCosts, kPhases> phase_costs() {
  std::array<PhaseCosts, kPhases> costs;
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  for (const auto& thread : all.threads) {
    if (thread->excluded.load(std::memory_order_relaxed)) continue;
    for (size_t i = 0; i < kPhases; ++i) {
      const Sums::Sum& sum = thread->of[i];
      costs[i].entries += sum.entries.value();
      costs[i].ns += sum.ns.value();
      costs[i].allocations += sum.allocations.value();
      costs[i].bytes += sum.bytes.value();
    }
  }
  return costs;
}

}  // namespace duel::alloc
