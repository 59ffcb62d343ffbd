#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "alloc/counters.h"
#include "bench/micro/order.h"

// For all benchmarks in this folder: first the answers are checked, then allocations are counted, then the time is
// measured, each in a separate pass.
namespace duel::bench {

// Prints an error message and ends the program, because the times of a router with wrong answers mean nothing.
[[noreturn]] void fail(std::string_view benchmark, std::string_view asked, std::string_view expected,
                       std::string_view got);

// The allocations of one operation, as an exact average over the cases. Zero if alloc::available() is false.
struct Cost {
  double allocations = 0;
  double bytes = 0;
};

// Runs each case once for warm-up and once more with counting.
template <class Operation>
Cost count_cost(size_t cases, const Operation& operation) {
  for (size_t i = 0; i < cases; ++i) operation(i);
  alloc::count_calls(true);
  const alloc::Reading before = alloc::read();
  for (size_t i = 0; i < cases; ++i) operation(i);
  const alloc::Reading after = alloc::read();
  alloc::count_calls(false);
  const auto count = static_cast<double>(cases);
  return {static_cast<double>(after.calls - before.calls) / count,
          static_cast<double>(after.bytes - before.bytes) / count};
}

void show_cost(benchmark::State& state, const Cost& cost);
void register_benchmark(const std::string& name, const std::function<void(benchmark::State&)>& body);

// The timed loop. Not inlined into its caller, so that the code of the loop has the same layout in every benchmark.
template <class Operation>
[[gnu::noinline]] void run(benchmark::State& state, const Order& order, const Operation& operation) {
  size_t next = 0;
  for ([[maybe_unused]] auto _ : state) {
    operation(order[next]);
    next = (next + 1) % kOrderLength;
  }
}

// Registers `name`/seq and, if there is more than one case, `name`/random. operation(i) runs case i. It must prevent
// the compiler from optimising its results away.
template <class Operation>
void add_benchmark(const std::string& name, size_t cases, const Operation& operation) {
  const Cost cost = count_cost(cases, operation);
  const auto add = [&](const char* suffix, Order (*make_order)(size_t)) {
    register_benchmark(name + suffix, [=](benchmark::State& state) {
      const Order order = make_order(cases);
      run(state, order, operation);
      show_cost(state, cost);
    });
  };
  add("/seq", sequential_order);
  if (cases > 1) add("/random", random_order);
}

}  // namespace duel::bench
