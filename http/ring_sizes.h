// For programs and tests that change the sizes of the rings (ServerOptions::ring).
#pragma once

#include "http/limits.h"

namespace duel::http {

// Numbers of entries and buffers of one worker's io_uring; limits.h has the reasons for the defaults. Each must be a
// power of two.
struct RingSizes {
  unsigned submissions = limits::kSubmissionEntries;
  unsigned completions = limits::kCompletionEntries;
  unsigned receive_buffers_at_start = limits::kReceiveBuffersAtStart;
  unsigned receive_buffers = limits::kReceiveBuffers;
};

}  // namespace duel::http
