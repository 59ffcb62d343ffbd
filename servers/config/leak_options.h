#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace duel::servers::config {

// What GET /api/item/:id does, if it is there at all.
enum class Scenario : uint8_t { kNone, kLeak, kLeakFixed };

struct LeakOptions {
  Scenario scenario = Scenario::kNone;
  std::chrono::milliseconds delay{600'000};    // of the leak's background tasks: the article's ten minutes
  std::chrono::milliseconds item_ttl{60'000};  // these two: of the variant without the leak
  size_t item_capacity = 1000;
  bool detector = true;
  std::chrono::milliseconds window{300'000};  // how long a route has to grow before the detector warns
};

}  // namespace duel::servers::config
