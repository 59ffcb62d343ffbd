#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

// The order in which a benchmark runs its cases. It is made before the timed loop, because a random number costs more
// than a lookup.
namespace duel::bench {

// So long that no branch predictor learns a shuffled order; a power of two, so that the modulo is cheap.
inline constexpr size_t kOrderLength = 65'536;

using Order = std::array<uint16_t, kOrderLength>;

// 0, 1, ..., cases - 1, 0, 1, ...: the best order for branch predictor and caches.
inline Order sequential_order(size_t cases) {
  Order order;
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint16_t>(i % cases);
  return order;
}

// The same entries, shuffled. The order is the same in every run.
inline Order random_order(size_t cases) {
  Order order = sequential_order(cases);
  std::mt19937_64 random(42);
  for (size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random() % (i + 1)]);
  return order;
}

}  // namespace duel::bench
