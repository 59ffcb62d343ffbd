#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "bench/rivals/cc/workload.h"

// For the C++ programs of the router benchmark: verifies and times a rival.
namespace duel::rivals {

// Prevents the compiler from optimising away the computation of `object`.
inline void keep(const void* object) {
  asm volatile("" : : "r"(object) : "memory");
}

// The only caller of the rival's find(), so that its code is in the program once.
template <class Rival>
[[gnu::noinline]] int ask(Rival& rival, const Lookup* lookups, const uint32_t* order, size_t count) {
  int sum = 0;
  for (size_t i = 0; i < count; ++i) sum += rival.find(lookups[order[i]]);
  return sum;
}

// Looks up paths in the order of the workload until `slice_ms` have passed. Returns ns per lookup of the median block.
// Blocks are short, so that other work on the machine spoils a few of them but not the median.
template <class Rival>
double time_lookups(Rival& rival, const Workload& work, double slice_ms) {
  using Clock = std::chrono::steady_clock;
  using Nanoseconds = std::chrono::duration<double, std::nano>;
  std::vector<double> blocks;
  int sum = 0;
  const auto begin = Clock::now();
  for (auto last = begin; Nanoseconds(last - begin).count() < slice_ms * 1e6;) {
    const uint32_t* order = work.order.data() + blocks.size() * kBlockSize % kOrderSize;
    sum += ask(rival, work.lookups.data(), order, kBlockSize);
    const auto now = Clock::now();
    blocks.push_back(Nanoseconds(now - last).count() / kBlockSize);
    last = now;
  }
  keep(&sum);
  std::nth_element(blocks.begin(), blocks.begin() + static_cast<ptrdiff_t>(blocks.size() / 2), blocks.end());
  return blocks[blocks.size() / 2];
}

// A Rival is constructed from the routes. find(lookup) is timed; its result converts to int. check(lookup, found) gets
// that int and returns the answer to verify. prepare(lookups), if a rival has it, makes what exists before a lookup.
template <class Rival>
int run(const char* name, int argc, char** argv) {
  const Workload work = read_workload(argc, argv);
  Rival rival(work.routes);
  if constexpr (requires { rival.prepare(work.lookups); }) rival.prepare(work.lookups);
  for (const Lookup& lookup : work.lookups) {
    constexpr uint32_t kFirst = 0;
    require(lookup, rival.check(lookup, ask(rival, &lookup, &kFirst, 1)));
  }
  time_lookups(rival, work, work.slice_ms / 4);
  const double ns = time_lookups(rival, work, work.slice_ms);
  std::printf("%s %s %s %.2f\n", name, work.name.c_str(), work.order_name.c_str(), ns);
  return 0;
}

}  // namespace duel::rivals
