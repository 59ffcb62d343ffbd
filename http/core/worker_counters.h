#pragma once

#include "alloc/counter.h"
#include "http/core/maximum.h"
#include "http/histogram.h"

namespace duel::http::core {

// One worker's part of Counters (server.h), on cache lines of its own. The counters that change with each request come
// first; the others change at most once per loop iteration or connection.
struct alignas(64) WorkerCounters {
  alloc::Counter requests;
  alloc::Counter simple_heads;
  alloc::Counter bytes_received;
  alloc::Counter bytes_sent;
  alloc::Counter responses_3xx;
  alloc::Counter responses_4xx;
  alloc::Counter responses_5xx;
  alloc::Counter refused;

  alloc::Counter connections;
  alloc::Counter turned_away;
  alloc::Counter ring_enters;
  alloc::Counter completions;
  alloc::Counter no_buffers;
  alloc::Counter busy_ns;
  alloc::Counter allocations;
  alloc::Counter allocated_bytes;
  Maximum longest_turn_ns;
  Histogram latency;
};

}  // namespace duel::http::core
