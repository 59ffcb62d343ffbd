#pragma once

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "router/beego/session/provider.h"

namespace duel::beego::session {

// For applications: keeps sessions in the memory of this process (Beego's "memory" provider). All workers share them;
// they are lost when the process ends.
//
// The sessions are divided into shards. Each shard has a lock, a map by id and a list by last use. All sessions have
// the same lifetime, so the expired sessions are at the end of the list. A call that adds a session removes at most
// kClearedPerCall of them. No thread scans the whole table, so a lock is held for a short time only. Beego has one
// lock, and a timer that removes all expired sessions at once.
class MemoryProvider final : public Provider {
 public:
  // A session with one value takes about 570 bytes, so the maximum is 57 MB.
  static constexpr size_t kMaxSessions = 100'000;
  static constexpr size_t kClearedPerCall = 4;

  // If there are more than `max_sessions` (in all shards together, at least one per shard), the session that was unused
  // for the longest time is removed.
  explicit MemoryProvider(int64_t lifetime_s = kLifetimeS, size_t max_sessions = kMaxSessions,
                          Clock clock = monotonic_s);

  std::shared_ptr<Store> find(std::string_view id) override;
  std::shared_ptr<Store> create(const std::string& id) override;
  std::shared_ptr<Store> regenerate(std::string_view old_id, const std::string& id) override;
  void destroy(std::string_view id) override;
  size_t count() override;

 private:
  class MemoryStore;
  struct Entry {
    std::shared_ptr<MemoryStore> store;  // the key in by_id is a view of its id
    int64_t expires_s;
  };
  using Entries = std::list<Entry>;
  struct Shard {
    std::mutex mutex;
    Entries by_use;  // the most recently used session is the first
    std::unordered_map<std::string_view, Entries::iterator> by_id;
  };
  static constexpr size_t kShards = 16;  // more than the workers that need a lock at the same time

  Shard& shard_of(std::string_view id);
  std::shared_ptr<Store> add(std::shared_ptr<MemoryStore> store);
  // Moves a session from the shard to `out`. The caller holds the lock of the shard.
  static void take_out(Shard& shard, Entries::iterator entry, Entries& out);

  int64_t lifetime_s_;
  size_t max_shard_sessions_;
  Clock clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace duel::beego::session
