#pragma once

#include "router/gin/memory/arena.h"
#include "router/gin/memory/buffer.h"

namespace duel::gin::memory {

// For gin::Context and gin::ContextPool. The memory of one context, kept from one request to the next.
struct ContextMemory {
  Arena arena;
  Buffer buffer;
};

}  // namespace duel::gin::memory
