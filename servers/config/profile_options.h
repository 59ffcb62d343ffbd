#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

struct ProfileOptions {
  // Mean distance of two samples, a power of two; 0: off, which is the default because the sampler alone takes 0.4 MB.
  uint64_t heap_sample_bytes = 0;
  std::string directory;  // where POST /debug/save puts profiles; empty: nowhere
};

}  // namespace duel::servers::config
