#include "servers/leaks/leak_detector.h"

#include <algorithm>

namespace duel::servers::leaks {
namespace {

constexpr double kMsPerMin = 60'000;
constexpr size_t kBlocksWithRequests = 4;
constexpr double kMinShareOfMean = 0.6;     // each block must reach this share of the mean growth per request
constexpr double kMinShareOfLevel = 0.01;   // growth per window / live bytes before the window
constexpr double kMinShareOfProcess = 0.5;  // growth of the process / growth of the account
constexpr double kMaxLoadRise = 0.25;       // from the first half of the window to the second
// If live bytes follow the load, they grow by the same share as the load. Over the whole window that share is twice the
// rise between its halves, or three times if items live as long as the window. The constant leaves some room.
constexpr double kFollowsLoad = 4;

template <class Array>
void push(Array& values, typename Array::value_type value) {
  std::rotate(values.begin(), values.begin() + 1, values.end());
  values.back() = value;
}

}  // namespace

LeakDetector::LeakDetector(std::chrono::milliseconds window)
    : block_ms_(std::max<int64_t>(1, window.count() / static_cast<int64_t>(kBlocks))) {}

std::vector<LeakDetector::Finding> LeakDetector::sample(int64_t now_ms, std::span<const Level> levels,
                                                        uint64_t process_bytes) {
  const int64_t block = now_ms / block_ms_;
  const bool begins = block != block_;
  if (begins) {
    begin_block(block, levels, process_bytes);
    begins_ms_.back() = now_ms;
  } else {
    for (size_t i = 0; i < std::min(levels.size(), accounts_.size()); ++i) {
      accounts_[i].floors.back() = std::min(accounts_[i].floors.back(), levels[i].live_bytes);
    }
    process_floors_.back() = std::min(process_floors_.back(), process_bytes);
  }
  std::vector<Finding> findings;
  if (!begins || seen_ < kBlocks) return findings;
  for (size_t i = 0; i < accounts_.size(); ++i) {
    Account& account = accounts_[i];
    const double rate = bytes_per_min(account, 0);
    const bool was = account.since_ms >= 0;
    if (!was && leaks(account)) {
      account.since_ms = begins_ms_.front();
      account.floor_then = account.floors.front();
    } else if (!was || rate >= kMinBytesPerMin / 2) {
      continue;
    }
    findings.push_back({.account = i,
                        .leaks = !was,
                        .bytes_per_min = rate,
                        .since_ms = account.since_ms,
                        .grown_bytes = account.floors.back() - account.floor_then});
    if (was) account.since_ms = -1;
  }
  return findings;
}

// After a gap of a whole block (the process was stopped, or the clock jumped), the blocks before it are forgotten.
void LeakDetector::begin_block(int64_t block, std::span<const Level> levels, uint64_t process_bytes) {
  seen_ = block == block_ + 1 ? std::min(seen_ + 1, kBlocks) : 0;
  block_ = block;
  // A new account had no bytes in the earlier blocks, so zeroes are right.
  accounts_.resize(std::max(accounts_.size(), levels.size()));
  for (size_t i = 0; i < levels.size(); ++i) {
    push(accounts_[i].floors, levels[i].live_bytes);
    push(accounts_[i].requests, levels[i].requests);
  }
  push(process_floors_, process_bytes);
  push(begins_ms_, 0);
}

bool LeakDetector::leaks(const Account& account) const {
  const auto grown = static_cast<double>(growth(account));
  const auto process_grown = static_cast<double>(process_floors_.back()) - static_cast<double>(process_floors_.front());
  return bytes_per_min(account, 0) >= kMinBytesPerMin &&
         grown >= kMinShareOfLevel * static_cast<double>(account.floors.front()) &&
         process_grown >= kMinShareOfProcess * grown && grows_steadily(account) && !is_load(account);
}

bool LeakDetector::grows_steadily(const Account& account) {
  const auto requests = static_cast<double>(account.requests.back() - account.requests.front());
  const double each = static_cast<double>(growth(account)) / std::max(requests, 1.0);
  size_t with_requests = 0;
  for (size_t i = 0; i < kBlocks; ++i) {
    const auto came = static_cast<double>(account.requests[i + 1] - account.requests[i]);
    const auto step = static_cast<double>(account.floors[i + 1] - account.floors[i]);
    if (step < kMinShareOfMean * each * came) return false;
    if (came > 0) ++with_requests;
  }
  return with_requests >= kBlocksWithRequests;
}

// Whether a higher rate of requests may explain the growth.
bool LeakDetector::is_load(const Account& account) const {
  const auto rate = [&](size_t first, size_t last) {
    return static_cast<double>(account.requests[last] - account.requests[first]) / minutes(first, last);
  };
  const double rise = rate(kBlocks / 2, kBlocks) / std::max(rate(0, kBlocks / 2), 1.0) - 1;
  if (rise <= 0) return false;
  const double before = std::max<double>(1, static_cast<double>(account.floors.front()));
  return rise > kMaxLoadRise || static_cast<double>(growth(account)) < kFollowsLoad * rise * before;
}

double LeakDetector::minutes(size_t first, size_t last) const {
  return static_cast<double>(begins_ms_[last] - begins_ms_[first]) / kMsPerMin;
}

double LeakDetector::bytes_per_min(const Account& account, size_t first) const {
  return static_cast<double>(account.floors.back() - account.floors[first]) / minutes(first, kBlocks);
}

double LeakDetector::bytes_per_min(size_t account) const {
  if (account >= accounts_.size() || seen_ == 0) return 0;
  return bytes_per_min(accounts_[account], kBlocks - seen_);
}

bool LeakDetector::suspected(size_t account) const {
  return account < accounts_.size() && accounts_[account].since_ms >= 0;
}

}  // namespace duel::servers::leaks
