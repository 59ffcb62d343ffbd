#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "servers/config/leak_options.h"
#include "servers/demo/leak_tasks.h"

namespace duel::servers::demo {

// The items behind /api/item/:id: a buffer of 4,000 bytes per id, filled in small pieces as in the article. Any thread.
class Items {
 public:
  virtual ~Items() = default;

  // Stores a new buffer for `id` and returns its size in bytes.
  virtual size_t keep(std::string_view id) = 0;

  virtual size_t kept() const = 0;              // the number of ids
  virtual size_t background_tasks() const = 0;  // the number of tasks that have not started

 protected:
  static std::shared_ptr<const std::string> fill_buffer();
};

// The article's leak (2.5): a map without eviction, and per request a background task that deletes the id ten minutes
// later. Until then the task also holds the buffer, so that requests for one id are enough to leak.
//
// The article's text says that its goroutine holds the buffer, but in the printed code the goroutine captures only the
// key. The article's map has no lock; a Go program then crashes ("concurrent map writes") as soon as requests overlap.
class LeakyItems : public Items {
 public:
  explicit LeakyItems(std::chrono::milliseconds delay) : tasks_(delay) {}

  size_t keep(std::string_view id) override;
  size_t kept() const override;
  size_t background_tasks() const override { return tasks_.pending(); }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> items_;
  DelayedTasks tasks_;  // declared last, because tasks use the map
};

// The variant without the leak: at most `capacity` items. If there are more, the least recently stored item is evicted.
// Each item expires `ttl` after it was stored. keep() evicts expired items, so no background task is needed.
class BoundedItems : public Items {
 public:
  BoundedItems(size_t capacity, std::chrono::milliseconds ttl) : capacity_(capacity), ttl_(ttl) {}

  size_t keep(std::string_view id) override;
  size_t kept() const override;
  size_t background_tasks() const override { return 0; }
  bool has(std::string_view id) const;  // false if the item has expired

 private:
  using Clock = std::chrono::steady_clock;

  struct Item {
    std::string id;
    std::shared_ptr<const std::string> buffer;
    Clock::time_point expires;
  };
  using List = std::list<Item>;

  void evict(Clock::time_point now, size_t max);

  const size_t capacity_;
  const std::chrono::milliseconds ttl_;
  mutable std::mutex mutex_;
  List items_;  // from the most recently to the least recently stored, so the last item expires first
  std::unordered_map<std::string_view, List::iterator> by_id_;
};

// Returns null for Scenario::kNone.
std::shared_ptr<Items> make_items(const config::LeakOptions& options);

}  // namespace duel::servers::demo
