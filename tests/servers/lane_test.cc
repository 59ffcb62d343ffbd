#include "servers/lane.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>
#include <vector>

namespace duel::servers {
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
}  // namespace duel::servers
