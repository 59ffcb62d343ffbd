#include "router/beego/session/memory_provider.h"

#include <algorithm>
#include <chrono>

#include "router/beego/values/text_map.h"

namespace duel::beego::session {
namespace {

struct Values {
  std::mutex mutex;
  values::TextMap<Value> by_key;
};

int64_t seconds(std::chrono::nanoseconds since) {
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

}  // namespace

int64_t monotonic_s() {
  return seconds(std::chrono::steady_clock::now().time_since_epoch());
}

int64_t unix_s() {
  return seconds(std::chrono::system_clock::now().time_since_epoch());
}

// The id never changes, so it can be read without a lock; regenerate() creates another store with the same values.
class MemoryProvider::MemoryStore final : public Store {
 public:
  MemoryStore(std::string id, std::shared_ptr<Values> values) : id_(std::move(id)), values_(std::move(values)) {}

  const std::string& id() const override { return id_; }
  const std::shared_ptr<Values>& values() const { return values_; }

  void set(std::string_view key, Value value) override {
    const std::lock_guard lock(values_->mutex);
    const auto found = values_->by_key.find(key);
    if (found != values_->by_key.end()) {
      found->second = std::move(value);
    } else {
      values_->by_key.emplace(key, std::move(value));
    }
  }

  Value get(std::string_view key) const override {
    const std::lock_guard lock(values_->mutex);
    const auto found = values_->by_key.find(key);
    return found == values_->by_key.end() ? Value() : found->second;
  }

  void del(std::string_view key) override {
    const std::lock_guard lock(values_->mutex);
    const auto found = values_->by_key.find(key);
    if (found != values_->by_key.end()) values_->by_key.erase(found);
  }

  void flush() override {
    const std::lock_guard lock(values_->mutex);
    values_->by_key.clear();
  }

 private:
  std::string id_;
  std::shared_ptr<Values> values_;
};

MemoryProvider::MemoryProvider(int64_t lifetime_s, size_t max_sessions, Clock clock)
    : lifetime_s_(lifetime_s),
      max_shard_sessions_(std::max<size_t>(max_sessions / kShards, 1)),
      clock_(std::move(clock)) {}

MemoryProvider::Shard& MemoryProvider::shard_of(std::string_view id) {
  return shards_[std::hash<std::string_view>()(id) % kShards];
}

void MemoryProvider::take_out(Shard& shard, Entries::iterator entry, Entries& out) {
  shard.by_id.erase(entry->store->id());
  out.splice(out.end(), shard.by_use, entry);
}

std::shared_ptr<Store> MemoryProvider::find(std::string_view id) {
  Shard& shard = shard_of(id);
  const int64_t now_s = clock_();
  Entries expired;  // destroyed after the lock is released
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found == shard.by_id.end()) return nullptr;
  const Entries::iterator entry = found->second;
  if (entry->expires_s <= now_s) {
    take_out(shard, entry, expired);
    return nullptr;
  }
  entry->expires_s = now_s + lifetime_s_;
  shard.by_use.splice(shard.by_use.begin(), shard.by_use, entry);
  return entry->store;
}

std::shared_ptr<Store> MemoryProvider::create(const std::string& id) {
  return add(std::make_shared<MemoryStore>(id, std::make_shared<Values>()));
}

std::shared_ptr<Store> MemoryProvider::add(std::shared_ptr<MemoryStore> store) {
  Shard& shard = shard_of(store->id());
  const int64_t now_s = clock_();
  Entries cleared;  // destroyed after the lock is released
  Entries added;
  added.push_back({store, now_s + lifetime_s_});
  const std::lock_guard lock(shard.mutex);
  for (size_t i = 0; i < kClearedPerCall && !shard.by_use.empty(); ++i) {
    const auto last = std::prev(shard.by_use.end());
    if (last->expires_s > now_s && shard.by_use.size() < max_shard_sessions_) break;
    take_out(shard, last, cleared);
  }
  shard.by_id.emplace(store->id(), added.begin());
  shard.by_use.splice(shard.by_use.begin(), added);
  return store;
}

std::shared_ptr<Store> MemoryProvider::regenerate(std::string_view old_id, const std::string& id) {
  Entries old;
  {
    Shard& shard = shard_of(old_id);
    const int64_t now_s = clock_();
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_id.find(old_id);
    if (found != shard.by_id.end()) take_out(shard, found->second, old);
    if (!old.empty() && old.front().expires_s <= now_s) old.front().store = nullptr;
  }
  if (old.empty() || old.front().store == nullptr) return create(id);
  return add(std::make_shared<MemoryStore>(id, old.front().store->values()));
}

void MemoryProvider::destroy(std::string_view id) {
  Shard& shard = shard_of(id);
  Entries destroyed;  // after the lock is released
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_id.find(id);
  if (found != shard.by_id.end()) take_out(shard, found->second, destroyed);
}

size_t MemoryProvider::count() {
  size_t count = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    count += shard.by_use.size();
  }
  return count;
}

}  // namespace duel::beego::session
