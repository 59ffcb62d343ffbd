#include "bench/micro/measure.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace duel::bench {

void fail(std::string_view benchmark, std::string_view asked, std::string_view expected, std::string_view got) {
  const auto size = [](std::string_view text) { return static_cast<int>(text.size()); };
  std::fprintf(stderr, "%.*s: \"%.*s\" must give \"%.*s\", but gives \"%.*s\".\n", size(benchmark), benchmark.data(),
               size(asked), asked.data(), size(expected), expected.data(), size(got), got.data());
  std::exit(EXIT_FAILURE);
}

void show_cost(benchmark::State& state, const Cost& cost) {
  if (!alloc::available()) return;
  state.counters["allocs/op"] = cost.allocations;
  state.counters["B/op"] = cost.bytes;
}

void register_benchmark([[maybe_unused]] const std::string& name,
                        [[maybe_unused]] const std::function<void(benchmark::State&)>& body) {
#ifndef __clang_analyzer__  // the analyzer reports the library's list of benchmarks as a leak
  benchmark::RegisterBenchmark(name.c_str(), body)->ComputeStatistics("min", [](const std::vector<double>& values) {
    return *std::min_element(values.begin(), values.end());
  });
#endif
}

}  // namespace duel::bench
