#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace duel::servers::profiles {

// Jobs that take long, done one after the other on a thread of its own, which is started for the first of them. Any
// thread may post. The destructor asks the job that runs to stop, waits for it, and forgets those that wait.
class Lane {
 public:
  // Does not throw. What it gives back is called when the lane is free for the next one: who is told there that the job
  // has ended may post another.
  using Job = std::function<std::function<void()>(const std::stop_token& stop)>;

  explicit Lane(size_t most_jobs) : most_jobs_(most_jobs) {}  // the running one included

  // False, and nothing will be done, if there are as many as may be. Throws std::system_error if no thread can be had
  // for the first one; then the next one is the first.
  bool post(Job job);

 private:
  void work(const std::stop_token& stop);

  size_t most_jobs_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;  // the first one runs
  std::jthread thread_;   // last: it ends before what it uses
};

}  // namespace duel::servers::profiles
