#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <new>

#include "alloc/region.h"
#include "http/core/connection.h"

namespace duel::http::core {

// The connections of one worker, in one array of slots. A Tag contains the number of a slot. The slot that was released
// last is reused first, so that the touched memory is that of the maximum number of simultaneous connections.
class ConnectionTable {
 public:
  explicit ConnectionTable(uint32_t slots) : region_(slots * sizeof(Slot)), capacity_(slots) {}

  // Requires that fewer than `slots` connections are active.
  Connection* take(int socket) {
    assert(free_ != kNone || touched_ < capacity_);
    const uint32_t index = free_ != kNone ? free_ : touched_++;
    Slot& slot = slots()[index];
    if (index == free_) free_ = slot.next_free;
    slot.next_free = kInUse;
    ++slot.generation;
    ++active_;
    return std::construct_at(reinterpret_cast<Connection*>(slot.storage), index, slot.generation & Tag::kGenerationMask,
                             socket);
  }

  void release(uint32_t index) {
    Slot& slot = slots()[index];
    std::destroy_at(connection(slot));
    slot.next_free = free_;
    free_ = index;
    --active_;
  }

  // The connection that a completion belongs to; null if its slot has been released or reused since.
  Connection* find(Tag tag) {
    Slot& slot = slots()[tag.slot];
    return in_use(slot) && (slot.generation & Tag::kGenerationMask) == tag.generation ? connection(slot) : nullptr;
  }

  // `each` may release the connection that it is called with.
  template <typename Each>
  void for_each(Each each) {
    for (uint32_t index = 0; index < touched_; ++index) {
      if (in_use(slots()[index])) each(*connection(slots()[index]));
    }
  }
  Connection& at(uint32_t index) { return *connection(slots()[index]); }

  uint32_t active() const { return active_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kInUse = UINT32_MAX - 1;
  struct Slot {
    uint32_t generation;
    uint32_t next_free;  // kNone: the last one; kInUse: the slot is not free
    alignas(Connection) unsigned char storage[sizeof(Connection)];
  };

  Slot* slots() { return reinterpret_cast<Slot*>(region_.data()); }
  // False for a slot that was never taken, too: it is zeroed memory.
  static bool in_use(const Slot& slot) { return slot.next_free == kInUse; }
  static Connection* connection(Slot& slot) { return std::launder(reinterpret_cast<Connection*>(slot.storage)); }

  alloc::Region region_;
  [[maybe_unused]] uint32_t capacity_;  // for the assertion in take()
  uint32_t touched_ = 0;
  uint32_t free_ = kNone;
  uint32_t active_ = 0;
};

}  // namespace duel::http::core
