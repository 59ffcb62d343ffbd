#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

// In which order a benchmark asks its cases. Made before the clock runs: drawing numbers would cost more than a lookup.
namespace duel::bench {

// Long enough that no branch predictor learns a shuffled order by heart; a power of two, so that wrapping is a mask.
inline constexpr size_t kOrderLength = 65'536;

using Order = std::array<uint16_t, kOrderLength>;

// 0, 1, ..., cases - 1, 0, 1, ...: what a predictor and the caches like best.
inline Order sequential_order(size_t cases) {
  Order order;
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint16_t>(i % cases);
  return order;
}

// The same entries, each case as often as in the sequential order, in an order that is the same in every run.
inline Order random_order(size_t cases) {
  Order order = sequential_order(cases);
  std::mt19937_64 random(42);
  for (size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random() % (i + 1)]);
  return order;
}

}  // namespace duel::bench
