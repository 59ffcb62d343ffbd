#pragma once

#include <array>
#include <cstdint>

#include "alloc/region.h"

namespace duel::http::core {

// What a connection waits for. All connections of a server have the same duration for one kind.
enum class Timeout : uint8_t { kNone, kHeader, kBody, kIdle, kWrite, kLinger };
inline constexpr int kTimeoutCount = 6;

struct TimeoutDurations {
  int64_t header_ms = 0;
  int64_t body_ms = 0;
  int64_t idle_ms = 0;
  int64_t write_ms = 0;
  int64_t linger_ms = 0;
};

// The deadlines of one worker's connections. Each connection slot has at most one deadline. All deadlines of one kind
// have the same duration, so a list per kind, appended to in call order, is already sorted by time: setting, clearing
// and expiring take constant time.
class Deadlines {
 public:
  Deadlines(uint32_t slots, const TimeoutDurations& durations);

  // Replaces the slot's deadline, if any. kNone clears it. Each answer sets kIdle anew. So that this does not change
  // the lists each time, which are memory of other connections, a deadline of kIdle has a grace of up to 1/kGrace of
  // its duration: within the grace the old deadline stays.
  void set(uint32_t slot, Timeout kind, int64_t now_ms);
  Timeout kind(uint32_t slot) const { return nodes()[slot].kind(); }

  // The earliest deadline; -1 if there is none.
  int64_t next_ms() const;

  // Removes one deadline that has passed and returns its slot, or -1 if no deadline has passed. Sets `kind`.
  int64_t take_expired(int64_t now_ms, Timeout& kind);

 private:
  static constexpr int64_t kGrace = 64;   // a client cannot tell 60 s from 61 s
  static constexpr uint32_t kNoSlot = 0;  // links hold slot + 1, so that zeroed memory is an empty node
  // Each idle connection has one, so it must be small. Therefore time and kind share a word.
  struct Node {
    static constexpr int kKindBits = 3;
    static_assert(kTimeoutCount <= 1 << kKindBits);

    int64_t at_ms() const { return at_and_kind >> kKindBits; }
    Timeout kind() const { return static_cast<Timeout>(at_and_kind & ((1 << kKindBits) - 1)); }
    void set(int64_t at_ms, Timeout kind) { at_and_kind = at_ms << kKindBits | static_cast<int64_t>(kind); }

    int64_t at_and_kind;
    uint32_t previous;
    uint32_t next;
  };
  struct List {
    uint32_t first = kNoSlot;
    uint32_t last = kNoSlot;
  };

  Node* nodes() { return reinterpret_cast<Node*>(region_.data()); }
  const Node* nodes() const { return reinterpret_cast<const Node*>(region_.data()); }
  void link(uint32_t slot, Timeout kind);
  void unlink(uint32_t slot);

  alloc::Region region_;
  std::array<int64_t, kTimeoutCount> durations_ms_{};  // by Timeout
  std::array<List, kTimeoutCount> lists_{};
};

}  // namespace duel::http::core
