#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace duel::servers::config {

// Whether the demo has GET /api/item/:id, and whether that route leaks.
enum class Scenario : uint8_t { kNone, kLeak, kLeakFixed };

struct LeakOptions {
  Scenario scenario = Scenario::kNone;
  std::chrono::milliseconds delay{
      600'000};  // kLeak: a background task deletes an item after this time; ten minutes as in the article
  std::chrono::milliseconds item_ttl{60'000};  // kLeakFixed: how long an item is kept
  size_t item_capacity = 1000;                 // kLeakFixed: the maximum number of items
  bool detector = true;
  std::chrono::milliseconds window{300'000};  // how long the live bytes of a route must grow before a warning
};

}  // namespace duel::servers::config
