#include "bench/ruler/stopwatch.h"

#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <algorithm>
#include <cstddef>
#include <ctime>

namespace duel::ruler {
namespace {

// By the system call: the stand-in of the kernel (kernel.h) replaces the function clock_gettime().
int64_t now_ns() {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<uint64_t>(now_ns());
#endif
}

// Of the current iteration.
std::array<uint64_t, alloc::kPhases> sums;
std::array<uint64_t, alloc::kPhases> phase_ends;
alloc::Phase current = alloc::Phase::kLoop;
uint64_t began = 0;

void change(alloc::Phase phase) {
  const uint64_t now = ticks();
  sums[static_cast<size_t>(current)] += now - began;
  ++phase_ends[static_cast<size_t>(current)];
  current = phase;
  began = ticks();
}

double measure_ns_per_tick() {
  constexpr int64_t kWindowNs = 50'000'000;
  const int64_t from_ns = now_ns();
  const uint64_t from = ticks();
  while (now_ns() - from_ns < kWindowNs) {
  }
  return static_cast<double>(now_ns() - from_ns) / static_cast<double>(ticks() - from);
}

}  // namespace

Stopwatch::Stopwatch(bool phases) : phases_(phases), ns_per_tick_(measure_ns_per_tick()) {
  if (!phases_) return;
  alloc::observe_phases(change);
  alloc::account_phases(true);
}

Stopwatch::~Stopwatch() {
  if (phases_) alloc::account_phases(false);
}

void Stopwatch::begin_turn() {
  sums = {};
  phase_ends = {};
  current = alloc::Phase::kLoop;
  began = ticks();
}

void Stopwatch::end_turn() {
  change(alloc::Phase::kLoop);
  turns_.push_back(sums);
  ends_ = phase_ends;
}

Stopwatch::Times Stopwatch::medians() const {
  Times times{};
  std::vector<uint64_t> of_phase;
  for (size_t i = 0; i < alloc::kPhases && !turns_.empty(); ++i) {
    of_phase.clear();
    for (const auto& turn : turns_) of_phase.push_back(turn[i]);
    const auto middle = of_phase.begin() + static_cast<ptrdiff_t>(of_phase.size() / 2);
    std::nth_element(of_phase.begin(), middle, of_phase.end());
    times[i] = static_cast<double>(*middle) * ns_per_tick_;
  }
  return times;
}

}  // namespace duel::ruler
