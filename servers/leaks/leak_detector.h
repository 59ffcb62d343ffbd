#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace duel::servers::leaks {

// Finds routes whose memory only grows. It is told every account's level again and again, and looks for a straight
// line: the window is cut into kBlocks blocks, and of each block the lowest level counts, so that what comes and goes
// does not matter. A route is suspected when over one window
//
//   - requests came in most of the blocks, its floor never fell, and each request added about as much as every other
//     (a cache that fills adds less and less);
//   - that was kMinBytesPerMin or more, and at least a hundredth of what it held before;
//   - the whole process grew by at least half of it (else another account frees what this one allocates);
//   - its load does not explain it: requests rose by at most a quarter, and live bytes by much more than requests.
//
// The suspicion ends with a window in which it grew by less than half of kMinBytesPerMin. After one whole window of
// constant load a leak has been found; under load that keeps rising it is found when that ends.
//
// What it cannot tell: a cache that needs longer than the window to fill grows like a leak until it is full. What it
// cannot see: memory beside the allocator (mmap), a leak that is smaller than the least rate, and whose memory it is:
// an account is who allocated and freed (alloc/accounts.h); a heap profile names the caller.
//
// No clock and no lock of its own: for one thread.
class LeakDetector {
 public:
  static constexpr size_t kBlocks = 6;
  static constexpr double kMinBytesPerMin = 1e6;

  // Of one account at one moment, since the start of the process.
  struct Level {
    uint64_t requests = 0;
    int64_t live_bytes = 0;
  };

  struct Finding {
    size_t account = 0;  // place in what sample() was given
    bool leaks = false;  // false: a suspicion has ended
    double bytes_per_min = 0;
    int64_t since_ms = 0;     // when the growth began, as far as the window reaches back
    int64_t grown_bytes = 0;  // since then
  };

  explicit LeakDetector(std::chrono::milliseconds window);

  // The levels of all accounts and the bytes of the whole process at `now_ms`, several times a block. Accounts may be
  // added at the end. Returns which suspicions begin or end.
  std::vector<Finding> sample(int64_t now_ms, std::span<const Level> levels, uint64_t process_bytes);

  // Growth of the floor over the last window, or as much of it as has been seen. 0 for an account not known.
  double bytes_per_min(size_t account) const;
  bool suspected(size_t account) const;

 private:
  // A value for each block, the oldest first; the last block is not over yet.
  template <class Value>
  using Blocks = std::array<Value, kBlocks + 1>;

  struct Account {
    Blocks<int64_t> floors{};
    Blocks<uint64_t> requests{};  // before the block's first sample
    int64_t since_ms = -1;        // -1: not suspected
    int64_t floor_then = 0;
  };

  void begin_block(int64_t block, std::span<const Level> levels, uint64_t process_bytes);
  static bool grows_steadily(const Account& account);
  bool is_load(const Account& account) const;
  bool leaks(const Account& account) const;
  static int64_t growth(const Account& account) { return account.floors.back() - account.floors.front(); }
  double bytes_per_min(const Account& account, size_t first) const;
  double minutes(size_t first, size_t last) const;  // between the first samples of two blocks

  int64_t block_ms_;
  int64_t block_ = -2;           // number of the current one; none yet, and none that the first follows
  size_t seen_ = 0;              // blocks in a row that have ended, at most kBlocks
  Blocks<int64_t> begins_ms_{};  // the first sample's time
  Blocks<uint64_t> process_floors_{};
  std::vector<Account> accounts_;
};

}  // namespace duel::servers::leaks
