#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace duel::servers::config {

// Whether the demo has GET /api/item/:id, and whether that route leaks.
enum class Scenario : uint8_t { kNone, kLeak, kLeakFixed };

struct LeakOptions {
  Scenario scenario = Scenario::kNone;
  // kLeak: a background task deletes an item after this time; ten minutes as in the article.
  std::chrono::milliseconds delay{600'000};
  // kLeakFixed: how long an item is kept, and the maximum number of items.
  std::chrono::milliseconds item_ttl{60'000};
  size_t item_capacity = 1000;
  bool detector = true;
  // How long the live bytes of a route must grow before the detector warns.
  std::chrono::milliseconds window{300'000};
};

}  // namespace duel::servers::config
