#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// For the core and routers: the parts of a request, and the costs of each part. This is a mode for analysis, not for
// benchmarks: while it is on, each enter() reads a clock and the thread's counters. While it is off, enter() tests one
// byte.
namespace duel::alloc {

enum class Phase : uint8_t {
  kLoop,     // the ring, timers, opening and closing of connections
  kParse,    // parsing of a request
  kContext,  // creation and destruction of the context, or taking it from the pool and giving it back
  kRoute,    // the lookup of the route, filters
  kHandler,  // the application, with its middleware
  kWrite,    // writing the response and handing it to the ring
};
inline constexpr std::array kPhaseNames = {"loop", "parse", "context", "route", "handler", "write"};
inline constexpr size_t kPhases = kPhaseNames.size();

struct PhaseCosts {
  uint64_t entries = 0;
  uint64_t ns = 0;           // includes the time that enter() itself takes
  uint64_t allocations = 0;  // calls; 0 unless count_calls() is on
  uint64_t bytes = 0;        // exact
};

// Switches the mode. Call it before the threads start whose phases are counted.
void account_phases(bool on);
bool phases_accounted();

// For bench/ruler: while an observer is set, enter() calls it and counts nothing. Call it before account_phases(true).
using PhaseObserver = void (*)(Phase);
void observe_phases(PhaseObserver observer);

// Leaves the calling thread out of phase_costs(). The admin port's thread does that. Repeated calls change nothing.
void exclude_from_phases();

// Sums the costs of all threads, ended threads included, except the excluded ones. Any thread.
std::array<PhaseCosts, kPhases> phase_costs();

namespace detail {
inline constinit bool phases_on = false;
void enter_phase(Phase phase);
}  // namespace detail

// Ends the current phase of this thread and begins `phase`.
inline void enter(Phase phase) {
  if (detail::phases_on) [[unlikely]] {
    detail::enter_phase(phase);
  }
}

}  // namespace duel::alloc
