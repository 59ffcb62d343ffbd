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

// Runs tasks on one thread, each `delay` after its add(). It replaces the article's goroutines, which first sleep.
// Unlike a goroutine, a task has no stack of its own. Allocations and frees of a task count for the request that added
// it.
class DelayedTasks {
 public:
  explicit DelayedTasks(std::chrono::milliseconds delay);
  // Waits for the running task. Other tasks are freed and do not run.
  ~DelayedTasks();
  DelayedTasks(const DelayedTasks&) = delete;
  DelayedTasks& operator=(const DelayedTasks&) = delete;

  // Any thread. `work` must not throw.
  void add(std::function<void()> work);
  size_t pending() const;  // the number of tasks that have not started

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
  std::deque<Task> tasks_;  // in the order of add(), which is the order of their times because all have the same delay
  std::jthread thread_;     // declared last, because it uses the other members
};

}  // namespace duel::servers::demo
