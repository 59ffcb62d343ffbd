#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

struct ProfileOptions {
  // The mean number of bytes between two samples, a power of two; 0: no samples. The sampler is off
  // by default because of its memory (docs/profiles.md).
  uint64_t heap_sample_bytes = 0;
  std::string directory;  // POST /debug/save saves profiles here; if empty, it refuses
};

}  // namespace duel::servers::config
