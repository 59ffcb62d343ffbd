#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace duel::servers::profiles {

// Runs long jobs one after another on a thread of its own. The first post() starts the thread. Any thread may post. The
// destructor requests a stop of the running job, waits for that job, and discards the waiting jobs.
class JobQueue {
 public:
  // A job must not throw. It returns a function that the queue calls after it has removed the job. Code that
  // learns from this function that the job has ended can therefore post the next job.
  using Job = std::function<std::function<void()>(const std::stop_token& stop)>;

  // `max_jobs` includes the running job. The kernel cuts the thread's name to 15 bytes.
  JobQueue(std::string thread_name, size_t max_jobs) : thread_name_(std::move(thread_name)), max_jobs_(max_jobs) {}

  // Returns false and discards the job if the queue is full. Throws std::system_error if the thread cannot be started;
  // the queue is then as it was, and a later post() tries again.
  bool post(Job job);

 private:
  void work(const std::stop_token& stop);

  std::string thread_name_;
  size_t max_jobs_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;  // the first is the running job
  std::jthread thread_;   // declared last: it is joined before the members that it uses are destroyed
};

}  // namespace duel::servers::profiles
