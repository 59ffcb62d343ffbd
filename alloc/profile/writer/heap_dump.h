#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace duel::alloc::profile::writer {

// For the profile writer: reads the text of jemalloc's sampler.

// Input that is not valid. what() is one sentence.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct HeapStack {
  std::vector<uint64_t> addresses;  // return addresses, the leaf first
  // alloc_objects, alloc_space, inuse_objects, inuse_space: estimates for all allocations, not only the sampled ones.
  std::array<int64_t, 4> values{};
};

struct HeapDump {
  int64_t sample_bytes = 0;
  std::vector<HeapStack> stacks;
};

// Reads jemalloc's text. Throws BadInput if the first line is wrong; ignores lines that it does not know.
HeapDump read_heap_dump(std::string_view text);

// Replaces the number and the size of sampled objects with estimates for all objects. An allocation of size s is
// sampled with the probability 1 - exp(-s / rate), so both are divided by that, with the mean size for s. jeprof and
// pprof use the same formula.
void scale_up(int64_t& objects, int64_t& bytes, int64_t rate);

}  // namespace duel::alloc::profile::writer
