#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace duel::servers::leaks {

// Finds routes whose memory only grows, that is, whose live bytes follow a straight line. The window of observation is
// divided into kBlocks blocks. The floor of a block is its lowest number of live bytes, so that memory that is soon
// freed has no influence. A route is suspected if all of this is true over one window:
//
//   - Requests came in most blocks, the floor never fell, and each request added about the same number of bytes. (A
//   cache
//     that fills adds less and less per request.)
//   - The growth is at least kMinBytesPerMin, and at least a hundredth of the live bytes before the window.
//   - The whole process grew by at least half as much. (Otherwise another account frees the memory.)
//   - The load does not explain the growth: the rate of requests rose by at most a quarter, and live bytes rose much
//   more
//     than the rate of requests.
//
// The suspicion ends after a window with a growth of less than half of kMinBytesPerMin. Under constant load, a leak is
// found after one window. While the load keeps rising, it is not found.
//
// Limits: a cache that takes longer than the window to fill looks like a leak until it is full. Not seen are memory
// that does not come from the allocator (mmap), and a leak below kMinBytesPerMin. An account tells which route
// allocated and freed memory (alloc/accounts.h), not which function did; a heap profile tells the function.
//
// For one thread. The caller passes the time.
class LeakDetector {
 public:
  static constexpr size_t kBlocks = 6;
  static constexpr double kMinBytesPerMin = 1e6;

  // The numbers of one account since the start of the process.
  struct Level {
    uint64_t requests = 0;
    int64_t live_bytes = 0;
  };

  struct Finding {
    size_t account = 0;  // index in the `levels` of sample()
    bool leaks = false;  // true: a suspicion begins; false: it ends
    double bytes_per_min = 0;
    int64_t since_ms = 0;     // the time of the first sample of the window in which the growth was found
    int64_t grown_bytes = 0;  // growth since `since_ms`
  };

  explicit LeakDetector(std::chrono::milliseconds window);

  // Records the levels of all accounts and the bytes of the whole process at the time `now_ms`. Must be called several
  // times per block. The caller appends new accounts to `levels`. Returns the suspicions that begin or end.
  std::vector<Finding> sample(int64_t now_ms, std::span<const Level> levels, uint64_t process_bytes);

  // The growth of the floor over the last window, or over its part since the first sample. 0 for an unknown account.
  double bytes_per_min(size_t account) const;
  bool suspected(size_t account) const;

 private:
  // One value per block, from the oldest to the current one, which has not ended.
  template <class Value>
  using Blocks = std::array<Value, kBlocks + 1>;

  struct Account {
    Blocks<int64_t> floors{};
    Blocks<uint64_t> requests{};  // at the first sample of each block
    int64_t since_ms = -1;        // -1: not suspected
    int64_t floor_then = 0;
  };

  void begin_block(int64_t block, std::span<const Level> levels, uint64_t process_bytes);
  static bool grows_steadily(const Account& account);
  bool is_load(const Account& account) const;
  bool leaks(const Account& account) const;
  static int64_t growth(const Account& account) { return account.floors.back() - account.floors.front(); }
  double bytes_per_min(const Account& account, size_t first) const;
  double minutes(size_t first, size_t last) const;  // from the first sample of one block to that of the other

  int64_t block_ms_;
  int64_t block_ = -2;           // number of the current block; -2, so that block 0 does not seem to follow a block
  size_t seen_ = 0;              // the number of ended blocks without a gap, at most kBlocks
  Blocks<int64_t> begins_ms_{};  // the time of the first sample
  Blocks<uint64_t> process_floors_{};
  std::vector<Account> accounts_;
};

}  // namespace duel::servers::leaks
