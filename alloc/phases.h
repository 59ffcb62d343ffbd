#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// Which part of a request a thread is in, and what each part costs: a mode for looking, not for timing. While it is on,
// every enter() reads a clock and the thread's counters; off, it is a test of one byte.
namespace duel::alloc {

enum class Phase : uint8_t {
  kLoop,     // the ring, timers, connections that come and go
  kParse,    // bytes to request
  kContext,  // the context made or taken, destroyed or given back
  kRoute,    // the lookup, filters
  kHandler,  // the application, middleware included
  kWrite,    // the answer framed and handed to the ring
};
inline constexpr std::array kPhaseNames = {"loop", "parse", "context", "route", "handler", "write"};
inline constexpr size_t kPhases = kPhaseNames.size();

struct PhaseCosts {
  uint64_t entries = 0;
  uint64_t ns = 0;           // with what the looking itself takes
  uint64_t allocations = 0;  // calls; 0 unless count_calls() is on
  uint64_t bytes = 0;        // exact
};

// Before the threads start that it is about.
void account_phases(bool on);
bool phases_accounted();

// The calling thread's are not told, for who only looks. Any number of times.
void leave_out_phases();

// Of all other threads that ever entered one. Any thread.
std::array<PhaseCosts, kPhases> phase_costs();

namespace detail {
inline constinit bool phases_on = false;
void enter_phase(Phase phase);
}  // namespace detail

// What this thread does from now on is `phase`.
inline void enter(Phase phase) {
  if (detail::phases_on) [[unlikely]] {
    detail::enter_phase(phase);
  }
}

}  // namespace duel::alloc
