#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace duel::alloc::profile::writer {

// Input that is not what it should be; what() is one sentence.
struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct HeapStack {
  std::vector<uint64_t> addresses;  // return addresses, the leaf first
  // alloc_objects, alloc_space, inuse_objects, inuse_space: estimates of all allocations, not those sampled.
  std::array<int64_t, 4> values{};
};

struct HeapDump {
  int64_t sample_bytes = 0;
  std::vector<HeapStack> stacks;
};

// Reads jemalloc's own text. Throws BadInput if that is none; lines that say nothing to us are passed over.
HeapDump read_heap_dump(std::string_view text);

// What `objects` sampled ones of `bytes` in all stand for. An allocation of mean size s is sampled with a chance of
// 1 - exp(-s / rate), so that each one stands for the inverse of that: the formula of jeprof and pprof.
void scale_up(int64_t& objects, int64_t& bytes, int64_t rate);

}  // namespace duel::alloc::profile::writer
