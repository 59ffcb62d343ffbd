#include "servers/profiles/job_queue.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <future>
#include <optional>
#include <system_error>
#include <vector>

namespace duel::servers::profiles {
namespace {

TEST(JobQueue, RunsJobsInTheOrderOfPosting) {
  std::vector<int> done;
  std::promise<void> last;
  JobQueue queue("jobs", 4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(queue.post([&done, i](const std::stop_token&) {
      done.push_back(i);
      return [] {};
    }));
  }
  EXPECT_TRUE(queue.post([&last](const std::stop_token&) { return [&last] { last.set_value(); }; }));
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector<int>{0, 1, 2}));
}

TEST(JobQueue, RefusesAJobWhenFull) {
  std::promise<void> begun;
  std::promise<void> go;
  std::promise<void> finished;
  JobQueue queue("jobs", 1);
  ASSERT_TRUE(queue.post([&](const std::stop_token&) {
    begun.set_value();
    go.get_future().wait();
    return [&] { finished.set_value(); };
  }));
  begun.get_future().wait();
  const JobQueue::Job nothing = [](const std::stop_token&) { return [] {}; };
  EXPECT_FALSE(queue.post(nothing));
  go.set_value();
  finished.get_future().wait();
  EXPECT_TRUE(queue.post(nothing)) << "the finish function ran, so the queue has room";
}

// While an object of this class exists, no thread can start, because the default stack size exceeds the address space.
class NoThreads {
 public:
  NoThreads() {
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t large;
    ::pthread_attr_init(&large);
    ::pthread_attr_setstacksize(&large, size_t{1} << 50);
    ::pthread_setattr_default_np(&large);
    ::pthread_attr_destroy(&large);
  }
  ~NoThreads() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

TEST(JobQueue, StaysUsableAfterAFailedThreadStart) {
  std::promise<void> done;
  JobQueue queue("jobs", 1);
  const JobQueue::Job job = [&](const std::stop_token&) { return [&] { done.set_value(); }; };
  {
    const NoThreads shortage;
    EXPECT_THROW(queue.post(job), std::system_error);
    EXPECT_THROW(queue.post(job), std::system_error) << "the first failed job is not in the queue";
  }
  ASSERT_TRUE(queue.post(job));
  done.get_future().wait();
}

TEST(JobQueue, StopsTheRunningJobAndDiscardsTheWaitingOnes) {
  std::promise<void> begun;
  std::atomic<bool> second{false};
  {
    JobQueue queue("jobs", 2);
    queue.post([&](const std::stop_token& stop) {
      begun.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      return [] {};
    });
    begun.get_future().wait();
    queue.post([&](const std::stop_token&) {
      second.store(true);
      return [] {};
    });
  }
  EXPECT_FALSE(second.load()) << "a waiting job must not run";
}

}  // namespace
}  // namespace duel::servers::profiles
