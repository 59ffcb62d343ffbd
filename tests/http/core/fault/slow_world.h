#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "http/server.h"
#include "tests/http/core/fault/kernel.h"

// One connection in simulated time: a client that sends or reads slowly, and a server that is slow itself. A second
// passes whenever neither side can make progress.
namespace duel::http::testing {

inline constexpr int64_t kNever = -1;
inline constexpr size_t kLargeBytes = 150'000;  // the body of /large, /file, /deferred and /pieces

struct SlowPlan {
  std::string sent;        // at once
  std::string drip = {};   // then one byte of it per second, again and again
  size_t drip_bytes = 1;   // per second
  std::string later = {};  // sent after `later_after_s`
  int64_t later_after_s = 0;
  int read_rate = 1'000'000;  // bytes per second
  int64_t reads_after_s = 0;
  bool shuts_down = false;             // after `sent`
  size_t socket_bytes = kSocketBytes;  // that the server's socket can hold
  int64_t answer_after_s = 0;          // of /deferred
  int64_t disk_takes_s = 0;            // for each piece of a file
  int64_t ends_after_s = 4'000;
};

struct SlowOutcome {
  std::string received;
  int64_t closed_s = kNever;  // since the client connected
};

// The time limits of run_slowly(): 10 s for a head, 20 s for a body, 60 s of idleness, 30 s for writing.
ServerOptions limits_for_tests();

// Runs a worker with one client until the connection has ended or plan.ends_after_s is over. The paths are /small,
// /middle, /large, /file, /deferred and /pieces; any other path answers with the body of the request.
SlowOutcome run_slowly(const SlowPlan& plan, const ServerOptions& options = limits_for_tests());

}  // namespace duel::http::testing
