#include "servers/profiles/job_queue.h"

#include <pthread.h>

#include <utility>

namespace duel::servers::profiles {

bool JobQueue::post(Job job) {
  const std::lock_guard lock(mutex_);
  if (jobs_.size() >= max_jobs_) return false;
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  jobs_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void JobQueue::work(const std::stop_token& stop) {
  constexpr size_t kMaxNameBytes = 15;  // the kernel's limit
  pthread_setname_np(pthread_self(), thread_name_.substr(0, kMaxNameBytes).c_str());
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); }) && !stop.stop_requested()) {
    const Job job = std::move(jobs_.front());
    lock.unlock();
    const std::function<void()> finish = job(stop);
    lock.lock();
    jobs_.pop_front();
    lock.unlock();
    finish();
    lock.lock();
  }
}

}  // namespace duel::servers::profiles
