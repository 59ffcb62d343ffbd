#include "servers/demo/leak_items.h"

#include <utility>

namespace duel::servers::demo {

std::shared_ptr<const std::string> Items::fill_buffer() {
  constexpr int kPieces = 1000;
  auto buffer = std::make_shared<std::string>();
  for (int i = 0; i < kPieces; ++i) *buffer += "data";
  return buffer;
}

size_t LeakyItems::keep(std::string_view id) {
  const std::shared_ptr<const std::string> buffer = fill_buffer();
  std::string key(id);
  {
    const std::lock_guard lock(mutex_);
    items_[key] = buffer;
  }
  tasks_.add([this, key = std::move(key), buffer] {
    const std::lock_guard lock(mutex_);
    items_.erase(key);
  });
  return buffer->size();
}

size_t LeakyItems::kept() const {
  const std::lock_guard lock(mutex_);
  return items_.size();
}

size_t BoundedItems::keep(std::string_view id) {
  std::shared_ptr<const std::string> buffer = fill_buffer();
  const size_t size = buffer->size();
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  const auto known = by_id_.find(id);
  if (known != by_id_.end()) {
    const List::iterator item = known->second;
    item->buffer = std::move(buffer);
    item->expires = now + ttl_;
    items_.splice(items_.begin(), items_, item);
    evict(now, capacity_);
  } else {
    evict(now, capacity_ - 1);
    items_.push_front({std::string(id), std::move(buffer), now + ttl_});
    by_id_.emplace(items_.front().id, items_.begin());
  }
  return size;
}

size_t BoundedItems::kept() const {
  const std::lock_guard lock(mutex_);
  return items_.size();
}

bool BoundedItems::has(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto known = by_id_.find(id);
  return known != by_id_.end() && known->second->expires > Clock::now();
}

// Removes expired items, then the least recently stored ones until at most `max` are left.
void BoundedItems::evict(Clock::time_point now, size_t max) {
  while (!items_.empty() && (items_.size() > max || items_.back().expires <= now)) {
    by_id_.erase(items_.back().id);
    items_.pop_back();
  }
}

std::shared_ptr<Items> make_items(const config::LeakOptions& options) {
  switch (options.scenario) {
    case config::Scenario::kNone:
      break;
    case config::Scenario::kLeak:
      return std::make_shared<LeakyItems>(options.delay);
    case config::Scenario::kLeakFixed:
      return std::make_shared<BoundedItems>(options.item_capacity, options.item_ttl);
  }
  return nullptr;
}

}  // namespace duel::servers::demo
