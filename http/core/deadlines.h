#pragma once

#include <array>
#include <cstdint>

#include "alloc/region.h"

namespace duel::http::core {

// What a connection is waiting for, each with one duration for all connections of the server.
enum class Timeout : uint8_t { kNone, kHeader, kBody, kIdle, kWrite, kLinger };
inline constexpr int kTimeoutCount = 6;

// At most one deadline a connection slot. As all deadlines of a kind have the same duration, a list a kind in the order
// of setting is sorted by time: setting, clearing and expiring are O(1), and no connection is looked at before its
// time.
class Deadlines {
 public:
  Deadlines(uint32_t slots, const std::array<int64_t, kTimeoutCount>& durations_ms);

  // Replaces the slot's deadline, if any. kNone clears it.
  void set(uint32_t slot, Timeout kind, int64_t now_ms);
  Timeout kind(uint32_t slot) const { return nodes()[slot].kind; }

  // The earliest deadline of all; -1 if there is none.
  int64_t next_ms() const;

  // Takes out one deadline that has passed: its slot, or -1. `kind` tells what it was.
  int64_t take_expired(int64_t now_ms, Timeout& kind);

 private:
  static constexpr uint32_t kNobody = 0;  // slots are kept as slot + 1, so that untouched memory is an empty node
  struct Node {
    int64_t at_ms;
    uint32_t previous;
    uint32_t next;
    Timeout kind;
  };
  struct List {
    uint32_t first = kNobody;
    uint32_t last = kNobody;
  };

  Node* nodes() { return reinterpret_cast<Node*>(region_.data()); }
  const Node* nodes() const { return reinterpret_cast<const Node*>(region_.data()); }
  void unlink(uint32_t slot);

  alloc::Region region_;
  std::array<int64_t, kTimeoutCount> durations_ms_;
  std::array<List, kTimeoutCount> lists_{};
};

}  // namespace duel::http::core
