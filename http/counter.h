#pragma once

#include "alloc/counter.h"

namespace duel::http {

using alloc::Counter;

// One worker's part of Counters (server.h), on cache lines of its own.
struct alignas(64) WorkerCounters {
  Counter requests;
  Counter connections;
  Counter responses_4xx;
  Counter responses_5xx;
  Counter bytes_received;
  Counter bytes_sent;
  Counter ring_enters;
  Counter no_buffers;
  Counter allocations;
  Counter allocated_bytes;
};

}  // namespace duel::http
