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

// Drives a LeakDetector with the accounts of this process, on a thread of its own; what it finds is a line of the log.
class LeakWatch {
 public:
  // A window of 0 watches nothing. `log` is called on the watch's thread.
  LeakWatch(std::chrono::milliseconds window, std::function<void(std::string_view line)> log);
  LeakWatch(const LeakWatch&) = delete;
  LeakWatch& operator=(const LeakWatch&) = delete;

  struct Route {
    alloc::AccountId account = 0;
    std::string_view name;
    alloc::Costs costs;
    double live_bytes_per_min = 0;  // over the last window
    bool suspected = false;
  };
  // Every account that something was booked on. Any thread.
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
  std::jthread thread_;  // last: it uses the others
};

// "server: memory that /x takes is not given back: ...". `now_ms` and the finding's times are of one clock; `clock` is
// the time of day at `now_ms`.
std::string describe(const LeakDetector::Finding& finding, std::string_view route, int64_t now_ms,
                     std::chrono::system_clock::time_point clock);

}  // namespace duel::servers::leaks
