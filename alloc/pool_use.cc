#include "alloc/pool_use.h"

#include <algorithm>
#include <mutex>

namespace duel::alloc {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<const PoolUse*> open;
  std::vector<PoolReading> closed;  // the sums of the closed pools, one entry per name
};

// Never destroyed, because threads can outlive static objects.
Registry& registry() {
  static auto* const only = new Registry;
  return *only;
}

PoolReading& reading_of(std::vector<PoolReading>& readings, const char* name) {
  const auto found =
      std::find_if(readings.begin(), readings.end(), [&](const PoolReading& one) { return one.name == name; });
  return found != readings.end() ? *found : readings.emplace_back(PoolReading{name, 0, 0});
}

void add(std::vector<PoolReading>& readings, const PoolUse& use) {
  PoolReading& reading = reading_of(readings, use.name());
  reading.hits += use.hits();
  reading.misses += use.misses();
}

}  // namespace

PoolUse::PoolUse(const char* name) : name_(name) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.open.push_back(this);
  reading_of(all.closed, name);
}

PoolUse::~PoolUse() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  std::erase(all.open, this);
  add(all.closed, *this);
}

std::vector<PoolReading> read_pools() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  std::vector<PoolReading> readings = all.closed;
  for (const PoolUse* use : all.open) add(readings, *use);
  return readings;
}

}  // namespace duel::alloc
