#pragma once

#include <array>
#include <list>
#include <mutex>
#include <unordered_map>

#include "router/beego/session/provider.h"

namespace duel::beego::session {

// Sessions in the memory of this process (Beego's "memory" provider): all workers see the same ones, other processes
// and the next start none.
//
// Shards, each with a lock, a map by id and a list by last use. All sessions live equally long, so the list's end is
// also where the expired ones are: a call that adds a session clears at most kClearedPerCall of them, no thread
// sweeps through the table, and nobody waits longer than for that. Beego has one lock and a timer that clears
// everything at once.
class MemoryProvider final : public Provider {
 public:
  // A session with one value takes about 570 bytes: the most are 57 MB.
  static constexpr size_t kSessionsMost = 100'000;
  static constexpr size_t kClearedPerCall = 4;

  // Beyond `sessions_most` (of all shards together, at least one each) the one unused for the longest time goes.
  explicit MemoryProvider(int64_t lifetime_s = kLifetimeS, size_t sessions_most = kSessionsMost,
                          Clock clock = monotonic_s);

  std::shared_ptr<Store> find(std::string_view id) override;
  std::shared_ptr<Store> create(const std::string& id) override;
  std::shared_ptr<Store> regenerate(std::string_view old_id, const std::string& id) override;
  void destroy(std::string_view id) override;
  size_t count() override;

 private:
  class MemoryStore;
  struct Entry {
    std::shared_ptr<MemoryStore> store;  // its id is the map's key
    int64_t expires_s;
  };
  using Entries = std::list<Entry>;
  struct Shard {
    std::mutex mutex;
    Entries by_use;  // the last used one first
    std::unordered_map<std::string_view, Entries::iterator> by_id;
  };
  static constexpr size_t kShards = 16;  // more than the workers that meet at one moment

  Shard& shard_of(std::string_view id);
  std::shared_ptr<Store> add(std::shared_ptr<MemoryStore> store);
  // Moves a session out of the shard, whose lock is held.
  static void take_out(Shard& shard, Entries::iterator entry, Entries& out);

  int64_t lifetime_s_;
  size_t shard_most_;
  Clock clock_;
  std::array<Shard, kShards> shards_;
};

}  // namespace duel::beego::session
