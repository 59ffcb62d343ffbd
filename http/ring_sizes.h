#pragma once

#include "http/limits.h"

namespace duel::http {

// What a worker's ring takes at once; the reasons for the defaults are in limits.h. All are powers of two.
struct RingSizes {
  unsigned submissions = limits::kSubmissionEntries;
  unsigned completions = limits::kCompletionEntries;
  unsigned receive_buffers_at_start = limits::kReceiveBuffersAtStart;
  unsigned receive_buffers = limits::kReceiveBuffers;
};

}  // namespace duel::http
