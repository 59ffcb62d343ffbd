#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/core/fault/choices.h"
#include "tests/http/core/fault/kernel.h"

namespace duel::http::testing {

// The parameters of one run of a worker; the seed decides the rest.
struct Plan {
  Faults faults = {};
  unsigned clients = 4;
  unsigned submission_entries = 0;
  unsigned completion_entries = 0;
  bool resets = false;        // some clients
  bool stalls = false;        // some clients, with or without reading on
  bool slow_readers = false;  // some clients
  bool half_closes = false;   // some clients, at any point of a request
  bool drains_on_the_way = false;
  bool ends_at_once = false;  // a second signal follows the first
};

struct Report {
  std::vector<std::string> wrong;  // empty if there is no fault
  bool broke = false;              // the ring failed, and the worker reported it
  uint64_t answers = 0;
  uint64_t faults = 0;
  uint64_t completions = 0;
  uint64_t overflows = 0;
  uint64_t full_submissions = 0;
  uint64_t no_buffers = 0;
  uint64_t seconds = 0;  // different seconds that the wall clock has shown
};

// Runs one worker with its clients, from the first accept to its end, on the calling thread.
Report run(const Plan& plan, Choices& choices);

// Runs one client that sends `bytes`, split and delayed by `choices`, and then shuts down its side. Returns the bytes
// that it received.
std::string answers_to(std::string_view bytes, Choices& choices, const Faults& faults);

}  // namespace duel::http::testing
