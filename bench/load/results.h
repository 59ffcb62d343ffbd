// For the generator, which fills results, and the report.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bench/load/histogram.h"

namespace duel::load {

// Why a request has no complete answer.
enum class Failure : uint8_t {
  kConnect,    // no connection could be opened
  kReset,      // the connection failed while it sent or received
  kClosed,     // the server closed the connection before the answer was complete
  kMalformed,  // the answer was no HTTP/1.1 answer, or nobody had asked for it
  kTimeout,    // no complete answer within --timeout
  kUnsent,     // every connection was busy until the end of the run
};
inline constexpr size_t kFailures = 6;
inline constexpr std::array<const char*, kFailures> kFailureNames = {"connect",   "reset",   "closed",
                                                                     "malformed", "timeout", "unsent"};

// What happened to the requests of one step, or of several. After the run: requests = answered + the sum of the
// failures.
struct Results {
  static constexpr size_t kStatuses = 600;

  uint64_t requests = 0;      // that were due (open loop) or sent (closed loop)
  uint64_t sent_in_time = 0;  // sent before the end of their step
  uint64_t answered = 0;      // complete answers, of any status
  uint64_t bytes = 0;         // received, heads included
  std::array<uint64_t, kFailures> failures{};
  std::array<uint64_t, kStatuses> statuses{};
  Histogram from_intended;  // from the intended time of the request to the end of its answer
  Histogram from_actual;    // from the time at which it was sent
  Histogram lateness;       // from the intended time until the generator turned to the request; README.md explains it

  uint64_t failed() const;
  uint64_t bad_statuses() const;  // answers with a status of 400 or more
  void merge(const Results& other);
};

}  // namespace duel::load
