#pragma once

#include "http/counter.h"
#include "http/histogram.h"

namespace duel::http {

// One worker's part of Counters (server.h), on cache lines of its own. What each request touches comes first; the rest
// is added to once a turn of the loop or less.
struct alignas(64) WorkerCounters {
  Counter requests;
  Counter bytes_received;
  Counter bytes_sent;
  Counter responses_3xx;
  Counter responses_4xx;
  Counter responses_5xx;
  Counter refused;
  Counter connections;

  Counter turned_away;
  Counter ring_enters;
  Counter completions;
  Counter no_buffers;
  Counter busy_ns;
  Counter allocations;
  Counter allocated_bytes;
  Maximum longest_turn_ns;
  Histogram latency;
};

}  // namespace duel::http
