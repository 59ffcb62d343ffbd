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

// What /api/item/:id keeps: a buffer for each id, 4,000 bytes written piece by piece as in the article. Any thread.
class Items {
 public:
  virtual ~Items() = default;

  // Keeps a new buffer for `id`; how many bytes are in it.
  virtual size_t keep(std::string_view id) = 0;

  virtual size_t kept() const = 0;              // ids
  virtual size_t background_tasks() const = 0;  // that have not ended

 protected:
  static std::shared_ptr<const std::string> fill_buffer();
};

// The article's leak (2.5): a map that nothing is evicted from, and for each request a background task that deletes the
// id ten minutes later. Until then the task holds the buffer too, so that one id is enough to leak.
//
// The article says that of its goroutine; as printed that captures the key alone, and its map has no lock, which Go
// answers with a crash ("concurrent map writes") as soon as requests overlap.
class LeakyItems : public Items {
 public:
  explicit LeakyItems(std::chrono::milliseconds delay) : tasks_(delay) {}

  size_t keep(std::string_view id) override;
  size_t kept() const override;
  size_t background_tasks() const override { return tasks_.pending(); }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const std::string>> items_;
  DelayedTasks tasks_;  // last: tasks use the map
};

// The same without the leak: at most `capacity` items, the one used longest ago goes first, none is kept longer than
// `ttl` after it was put in. Expired ones are looked for when something is kept, so that no task is needed.
class BoundedItems : public Items {
 public:
  BoundedItems(size_t capacity, std::chrono::milliseconds ttl) : capacity_(capacity), ttl_(ttl) {}

  size_t keep(std::string_view id) override;
  size_t kept() const override;
  size_t background_tasks() const override { return 0; }
  bool has(std::string_view id) const;  // and it has not expired

 private:
  using Clock = std::chrono::steady_clock;

  struct Item {
    std::string id;
    std::shared_ptr<const std::string> buffer;
    Clock::time_point expires;
  };
  using List = std::list<Item>;

  void evict(Clock::time_point now, size_t most);

  const size_t capacity_;
  const std::chrono::milliseconds ttl_;
  mutable std::mutex mutex_;
  List items_;  // the newest first, which expires last
  std::unordered_map<std::string_view, List::iterator> by_id_;
};

// Null for Scenario::kNone.
std::shared_ptr<Items> make_items(const config::LeakOptions& options);

}  // namespace duel::servers::demo
