#include "servers/leaks/leak_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/alloc/keep.h"

namespace duel::servers::leaks {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(LeakWatch, DescribesALeakWithRouteRateAndTime) {
  const LeakDetector::Finding finding{
      .account = 3, .leaks = true, .bytes_per_min = 84.25e6, .since_ms = 60'000, .grown_bytes = 421'300'000};
  const std::chrono::system_clock::time_point at_noon{std::chrono::hours(12)};
  EXPECT_THAT(describe(finding, "/api/item/:id", 360'000, at_noon),
              AllOf(HasSubstr("possible memory leak in /api/item/:id"), HasSubstr("84.2 MB/min"),
                    HasSubstr("since 11:55:00 UTC (5.0 min, 421.3 MB)"), HasSubstr("/debug/pprof/heap")));
}

TEST(LeakWatch, DescribesTheEndOfALeak) {
  const LeakDetector::Finding finding{.account = 3, .leaks = false, .since_ms = 0, .grown_bytes = 2'000'000};
  EXPECT_THAT(describe(finding, "/x", 60'000, std::chrono::system_clock::time_point{}),
              HasSubstr("the memory of /x has stopped growing; it is 2.0 MB larger"));
}

// With the real accounts, the real allocator and a short window.
TEST(LeakWatch, NamesTheRouteThatLeaks) {
  SKIP_WITHOUT_JEMALLOC();
  const alloc::AccountId leaky = alloc::open_account("/leaky"), healthy = alloc::open_account("/healthy");
  std::promise<std::string> warned;
  std::atomic<bool> done{false};
  std::vector<std::unique_ptr<char[]>> kept;
  LeakWatch watch(milliseconds(600), [&](std::string_view line) {
    if (!done.exchange(true)) warned.set_value(std::string(line));
  });
  alloc::Books books("test");
  while (!done.load()) {
    {
      const alloc::Books::Entry entry(books);
      alloc::charge(leaky);
      kept.push_back(std::make_unique<char[]>(64 * 1024));
    }
    const alloc::Books::Entry entry(books);
    alloc::charge(healthy);
    std::free(std::malloc(1024 * 1024));
    std::this_thread::sleep_for(milliseconds(1));  // sets the rate of the load
  }
  EXPECT_THAT(warned.get_future().get(), HasSubstr("/leaky"));
  const std::vector<LeakWatch::Route> routes = watch.routes();
  const auto named = [&](std::string_view name) {
    return *std::find_if(routes.begin(), routes.end(), [&](const auto& route) { return route.name == name; });
  };
  EXPECT_TRUE(named("/leaky").suspected);
  EXPECT_FALSE(named("/healthy").suspected);
  EXPECT_GE(named("/leaky").costs.live_bytes(), static_cast<int64_t>(kept.size()) * 64 * 1024);
  EXPECT_GT(named("/leaky").live_bytes_per_min, 0);
}

TEST(LeakWatch, EndsAtOnceWithALongWindow) {
  const LeakWatch watch(std::chrono::hours(24), [](std::string_view) { FAIL() << "nothing leaks"; });
}

TEST(LeakWatch, IsOffWithoutAWindow) {
  const LeakWatch watch(milliseconds(0), [](std::string_view) { FAIL() << "it is off"; });
  for (const LeakWatch::Route& route : watch.routes()) EXPECT_FALSE(route.suspected);
}

}  // namespace
}  // namespace duel::servers::leaks
