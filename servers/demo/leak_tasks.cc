#include "servers/demo/leak_tasks.h"

#include <utility>

namespace duel::servers::demo {

DelayedTasks::DelayedTasks(std::chrono::milliseconds delay)
    : delay_(delay), thread_([this](const std::stop_token& stop) { run(stop); }) {}

DelayedTasks::~DelayedTasks() = default;

void DelayedTasks::add(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back({Clock::now() + delay_, alloc::charged(), std::move(work)});
  if (tasks_.size() == 1) wake_.notify_one();  // otherwise the thread already waits for an earlier task
}

size_t DelayedTasks::pending() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size();
}

void DelayedTasks::run(const std::stop_token& stop) {
  alloc::Books books("background tasks");
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
    const Clock::time_point due = tasks_.front().due;
    wake_.wait_until(lock, stop, due, [due] { return Clock::now() >= due; });
    if (stop.stop_requested()) return;
    run_first(books, lock);
  }
}

// `scope` must end after the task is destroyed, so that the account includes the memory that the task frees.
void DelayedTasks::run_first(alloc::Books& books, std::unique_lock<std::mutex>& lock) {
  const alloc::Books::Deferred scope(books, tasks_.front().account);
  {
    const std::function<void()> work = std::move(tasks_.front().work);
    tasks_.pop_front();
    lock.unlock();
    work();
  }
  lock.lock();
}

}  // namespace duel::servers::demo
