#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "alloc/accounts.h"

namespace duel::servers::demo {

// Runs each task on a thread of its own, `delay` after it was given: what a goroutine that sleeps first is in the
// article, without a stack for each. What a task allocates and frees goes on the account of the request that gave it.
class DelayedTasks {
 public:
  explicit DelayedTasks(std::chrono::milliseconds delay);
  // Tasks that are not due are dropped: their memory is freed, they do not run. One that runs is waited for.
  ~DelayedTasks();
  DelayedTasks(const DelayedTasks&) = delete;
  DelayedTasks& operator=(const DelayedTasks&) = delete;

  // Any thread. `work` must not throw.
  void add(std::function<void()> work);
  size_t pending() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Task {
    Clock::time_point due;
    alloc::AccountId account;
    std::function<void()> work;
  };

  void run(const std::stop_token& stop);
  void run_first(alloc::Books& books, std::unique_lock<std::mutex>& lock);

  const std::chrono::milliseconds delay_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Task> tasks_;  // all have the same delay: the first is due first
  std::jthread thread_;     // last: it uses the others
};

}  // namespace duel::servers::demo
