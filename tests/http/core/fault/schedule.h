#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/core/fault/choices.h"
#include "tests/http/core/fault/kernel.h"

namespace duel::http::testing {

// What happens in one run of a worker, besides what the seed decides.
struct Plan {
  Faults faults = {};
  unsigned clients = 4;
  unsigned submission_entries = 0;
  unsigned completion_entries = 0;
  bool resets = false;        // some clients
  bool stalls = false;        // some clients
  bool slow_readers = false;  // some clients
  bool half_closes = false;   // some clients, anywhere in a request
  bool drains_on_the_way = false;
  bool ends_at_once = false;  // a second signal behind the first
};

struct Report {
  std::vector<std::string> wrong;  // empty: everything held
  bool broke = false;              // the ring was lost and the worker said so
  uint64_t answers = 0;
  uint64_t faults = 0;
  uint64_t completions = 0;
  uint64_t overflows = 0;
  uint64_t full_submissions = 0;
  uint64_t no_buffers = 0;
  uint64_t seconds = 0;  // different ones that the wall clock has shown
};

// Runs one worker with its clients, from the first accept to its end, on the calling thread.
Report run(const Plan& plan, Choices& choices);

// One client that sends `bytes`, cut and delayed as the choices say, and shuts down its side; what it received.
std::string answers_to(std::string_view bytes, Choices& choices, const Faults& faults);

}  // namespace duel::http::testing
