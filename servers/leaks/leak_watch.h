#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "alloc/accounts.h"
#include "servers/leaks/leak_detector.h"

namespace duel::servers::leaks {

// Feeds a LeakDetector with the accounts of this process, on a thread of its own, and logs its findings.
class LeakWatch {
 public:
  // With a window of 0, or without jemalloc, nothing is watched. `log` is called on the thread of this object.
  LeakWatch(std::chrono::milliseconds window, std::function<void(std::string_view line)> log);
  LeakWatch(const LeakWatch&) = delete;
  LeakWatch& operator=(const LeakWatch&) = delete;

  struct Route {
    alloc::AccountId account = 0;
    std::string_view name;
    alloc::Costs costs;
    double live_bytes_per_min = 0;  // see LeakDetector::bytes_per_min()
    bool suspected = false;
  };
  // Every account with a cost that is not zero. Any thread.
  std::vector<Route> routes() const;

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  void look(int64_t now_ms);

  const std::chrono::milliseconds window_;
  const std::function<void(std::string_view)> log_;
  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  LeakDetector detector_;
  std::vector<LeakDetector::Level> levels_;
  std::jthread thread_;  // declared last, because it uses the other members
};

// Describes a finding in one sentence. `now_ms` is on the clock of LeakDetector::sample(); `clock` is the same moment
// as a time of day.
std::string describe(const LeakDetector::Finding& finding, std::string_view route, int64_t now_ms,
                     std::chrono::system_clock::time_point clock);

}  // namespace duel::servers::leaks
