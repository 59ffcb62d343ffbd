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

TEST(Lane, DoesOneAfterTheOther) {
  std::vector<int> done;
  std::promise<void> last;
  Lane lane(4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(lane.post([&done, i](const std::stop_token&) {
      done.push_back(i);
      return [] {};
    }));
  }
  EXPECT_TRUE(lane.post([&last](const std::stop_token&) { return [&last] { last.set_value(); }; }));
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector<int>{0, 1, 2}));
}

TEST(Lane, RefusesWhatIsTooMuch) {
  std::promise<void> begun;
  std::promise<void> go;
  std::promise<void> finished;
  Lane lane(1);
  ASSERT_TRUE(lane.post([&](const std::stop_token&) {
    begun.set_value();
    go.get_future().wait();
    return [&] { finished.set_value(); };
  }));
  begun.get_future().wait();
  const Lane::Job nothing = [](const std::stop_token&) { return [] {}; };
  EXPECT_FALSE(lane.post(nothing));
  go.set_value();
  finished.get_future().wait();
  EXPECT_TRUE(lane.post(nothing)) << "who knows that it has ended may post";
}

// No stack is so large.
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

TEST(Lane, ThatFoundNoThreadIsFreeAgain) {
  std::promise<void> done;
  Lane lane(1);
  const Lane::Job job = [&](const std::stop_token&) { return [&] { done.set_value(); }; };
  {
    const NoThreads shortage;
    EXPECT_THROW(lane.post(job), std::system_error);
    EXPECT_THROW(lane.post(job), std::system_error) << "nothing waits in it";
  }
  ASSERT_TRUE(lane.post(job));
  done.get_future().wait();
}

TEST(Lane, EndsWhatRuns) {
  std::promise<void> begun;
  std::atomic<bool> second{false};
  {
    Lane lane(2);
    lane.post([&](const std::stop_token& stop) {
      begun.set_value();
      while (!stop.stop_requested()) std::this_thread::yield();
      return [] {};
    });
    begun.get_future().wait();
    lane.post([&](const std::stop_token&) {
      second.store(true);
      return [] {};
    });
  }
  EXPECT_FALSE(second.load()) << "what waited is forgotten";
}

}  // namespace
}  // namespace duel::servers::profiles
