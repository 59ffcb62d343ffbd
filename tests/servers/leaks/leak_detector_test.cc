// Tests with series of live bytes like those of real servers. The tests pass the time, so nothing waits.

#include "servers/leaks/leak_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace duel::servers::leaks {
namespace {

using std::chrono::milliseconds;

constexpr double kMegabyte = 1e6;
constexpr int kWindowMin = 5;
constexpr int64_t kSampleS = 8;

// One route of a server that receives `rate(second)` requests per second. The test decides how many bytes stay live.
class Series {
 public:
  explicit Series(std::function<double(double second)> rate) : rate_(std::move(rate)) {}

  // Simulates `minutes`, second by second. `keep` gets the number of requests of the second and returns the live bytes
  // after it. Returns all findings.
  std::vector<LeakDetector::Finding> run(double minutes, const std::function<double(double requests)>& keep) {
    std::vector<LeakDetector::Finding> found;
    const int64_t end = second_ + std::lround(minutes * 60);
    for (; second_ < end; ++second_) {
      const double came = rate_(static_cast<double>(second_));
      requests_ += came;
      live_ = keep(came);
      if (second_ % kSampleS != 0) continue;
      const LeakDetector::Level level{static_cast<uint64_t>(requests_), static_cast<int64_t>(live_)};
      const double others = process_follows_ ? live_ : 0;
      for (const auto& finding : detector_.sample(second_ * 1000, std::vector{level},
                                                  static_cast<uint64_t>(std::max(0.0, others + 50 * kMegabyte)))) {
        found.push_back(finding);
      }
    }
    return found;
  }

  void let_others_free() { process_follows_ = false; }
  void pause(int64_t seconds) { second_ += seconds; }
  double minute() const { return static_cast<double>(second_) / 60; }
  const LeakDetector& detector() const { return detector_; }

 private:
  std::function<double(double)> rate_;
  LeakDetector detector_{milliseconds(kWindowMin * 60'000)};
  int64_t second_ = 0;
  double requests_ = 0;
  double live_ = 0;
  bool process_follows_ = true;
};

std::function<double(double)> constant(double rate) {
  return [rate](double) { return rate; };
}

// Keeps `size` bytes per request for ever.
std::function<double(double)> leak(double size) {
  return [size, live = 0.0](double came) mutable { return live += came * size; };
}

// Keeps `size` bytes per request for `seconds`.
std::function<double(double)> keep_for(size_t seconds, double size) {
  return [seconds, size, live = 0.0, kept = std::deque<double>()](double came) mutable {
    kept.push_back(came * size);
    live += kept.back();
    if (kept.size() > seconds) {
      live -= kept.front();
      kept.pop_front();
    }
    return live;
  };
}

// --- Leaks that must be found

TEST(LeakDetector, FindsAStraightLineWithinItsWindow) {
  Series series(constant(100));
  const auto kept = leak(4096);
  const auto found = series.run(kWindowMin + 0.3, kept);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].leaks);
  EXPECT_NEAR(found[0].bytes_per_min / kMegabyte, 100 * 4096 * 60 / kMegabyte, 0.1);
  EXPECT_LE(found[0].since_ms, 10'000);
  EXPECT_TRUE(series.detector().suspected(0));
  EXPECT_TRUE(series.run(60, kept).empty()) << "one warning is enough";
  EXPECT_TRUE(series.detector().suspected(0));
}

TEST(LeakDetector, FindsALeakAtTheMinimumRate) {
  Series series(constant(10));
  EXPECT_EQ(series.run(6, leak(1.05 * LeakDetector::kMinBytesPerMin / 600)).size(), 1U);
}

TEST(LeakDetector, FindsALeakUnderChangingLoad) {
  Series series([](double s) { return 200 + 150 * std::sin(s / 40); });
  EXPECT_EQ(series.run(15, leak(4096)).size(), 1U);
}

TEST(LeakDetector, FindsALeakBesideAHealthyCache) {
  Series series(constant(200));
  const auto cache = keep_for(60, 2000);
  const auto leaking = leak(500);
  EXPECT_EQ(series.run(9, [&](double came) { return cache(came) + leaking(came); }).size(), 1U);
}

TEST(LeakDetector, FindsALeakOfEveryHundredthRequest) {
  Series series(constant(50));
  std::mt19937 dice(1);
  EXPECT_EQ(series
                .run(12,
                     [&, live = 0.0](double came) mutable {
                       std::binomial_distribution<int> unlucky(static_cast<int>(came), 0.01);
                       return live += unlucky(dice) * 60'000.0;
                     })
                .size(),
            1U);
}

TEST(LeakDetector, FindsALeakWhenTheRisingLoadThatHidItSettles) {
  Series series([](double s) { return s < 600 ? s : 600.0; });
  const auto kept = leak(1000);
  series.run(10, kept);
  series.run(kWindowMin + 1, kept);
  EXPECT_TRUE(series.detector().suspected(0));
}

TEST(LeakDetector, EndsTheSuspicionWhenTheGrowthStops) {
  Series series(constant(100));
  double live = 0;
  ASSERT_EQ(series.run(8, [&](double came) { return live += came * 4096; }).size(), 1U);
  const auto found = series.run(8, [&](double) { return live; });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].leaks);
  EXPECT_NEAR(static_cast<double>(found[0].grown_bytes), live, 1e6);
  EXPECT_FALSE(series.detector().suspected(0));
}

// --- Healthy servers: no warning in three hours

struct Healthy {
  std::string name;
  std::function<double(double)> rate;
  std::function<double(double)> keep;  // keeps state between the calls
};

class HealthyServer : public testing::TestWithParam<Healthy> {};

TEST_P(HealthyServer, GetsNoWarning) {
  Series series(GetParam().rate);
  for (const auto& finding : series.run(180, GetParam().keep)) {
    ADD_FAILURE() << "minute " << static_cast<double>(finding.since_ms) / 60'000 + kWindowMin << ": "
                  << finding.bytes_per_min / kMegabyte << " MB/min";
  }
}

double day(double s) {
  return 500 - 450 * std::cos(s / 1800);  // the load rises and falls once in about three hours
}

const Healthy kHealthy[] = {
    {"Idle", constant(0), leak(0)},
    {"NothingKept", constant(1000), leak(0)},
    {"ACacheThatFillsInAMinute", constant(1000),
     [live = 0.0](double came) mutable { return live = std::min(live + came * 4096, 240 * kMegabyte); }},
    {"ACacheThatFillsMoreSlowly", constant(1000),
     [live = 0.0](double) mutable { return live += (500 * kMegabyte - live) / 150; }},
    {"ACacheWithATimeToLive", constant(300), keep_for(60, 4096)},
    {"ATimeToLiveUnderARisingLoad", [](double s) { return s / 10; }, keep_for(60, 4096)},
    {"ATimeToLiveUnderASlowlyRisingLoad", [](double s) { return 500 + s / 20; }, keep_for(200, 4096)},
    {"ATimeToLiveUnderALoadOfDayAndNight", day, keep_for(120, 4096)},
    {"ATimeToLiveUnderALoadInSteps", [](double s) { return 100 * (1 + std::floor(s / 700)); }, keep_for(60, 4096)},
    {"ATimeToLiveUnderAJumpingLoad", [dice = std::mt19937(7)](double) mutable { return 1 + dice() % 1000; },
     keep_for(120, 4096)},
    {"SpikesOfAMinute", [](double s) { return std::fmod(s, 900) < 60 ? 5000.0 : 50.0; }, keep_for(90, 4096)},
    {"GarbageThatIsSweptEveryTwoMinutes", constant(200),
     [live = 0.0, s = 0](double came) mutable { return live = ++s % 120 == 0 ? 0 : live + came * 4096; }},
    {"GarbageThatIsSweptEveryFourMinutes", constant(200),
     [live = 0.0, s = 0](double came) mutable { return live = ++s % 240 == 0 ? 0 : live + came * 4096; }},
    {"AJobEveryTenMinutes", [](double s) { return std::fmod(s, 600) < 5 ? 1.0 : 0.0; },
     [live = 0.0](double came) mutable { return live += came * 2 * kMegabyte; }},
    {"AStepThatStays", constant(10),
     [live = 0.0, s = 0](double) mutable { return live = ++s > 1000 ? 300 * kMegabyte : kMegabyte; }},
    {"GrowthBelowTheMinimumRate", constant(100), leak(0.8 * LeakDetector::kMinBytesPerMin / 6000)},
    {"FreesMemoryOfAnotherRoute", constant(100), leak(-4096)},
};

INSTANTIATE_TEST_SUITE_P(Kinds, HealthyServer, testing::ValuesIn(kHealthy),
                         [](const auto& instance) { return instance.param.name; });

// One route creates items and another route deletes them. The live bytes of the first route grow without end, but the
// memory of the process does not grow.
TEST(LeakDetector, IgnoresARouteWhoseMemoryAnotherRouteFrees) {
  Series series(constant(100));
  series.let_others_free();
  EXPECT_TRUE(series.run(60, leak(4096)).empty());
}

TEST(LeakDetector, StartsANewWindowAfterAPause) {
  Series series(constant(100));
  const auto kept = leak(4096);
  EXPECT_TRUE(series.run(kWindowMin - 1, kept).empty());
  series.pause(3600);
  EXPECT_TRUE(series.run(kWindowMin - 1, kept).empty()) << "a new window begins";
  EXPECT_EQ(series.run(2, kept).size(), 1U);
}

TEST(LeakDetector, ReportsTheSlopeBeforeTheFirstWindowEnds) {
  Series series(constant(100));
  series.run(2, leak(4096));
  EXPECT_NEAR(series.detector().bytes_per_min(0) / kMegabyte, 24.6, 0.1);
  EXPECT_FALSE(series.detector().suspected(0));
  EXPECT_EQ(series.detector().bytes_per_min(7), 0) << "an account that was never seen";
}

TEST(LeakDetector, AcceptsAccountsThatAreAddedLater) {
  LeakDetector detector(milliseconds(6000));
  std::vector<LeakDetector::Level> levels(1);
  std::vector<LeakDetector::Finding> found;
  for (int64_t second = 0; second < 20; ++second) {
    if (second == 5) levels.emplace_back();
    if (second > 5) levels[1] = {levels[1].requests + 10, levels[1].live_bytes + 1'000'000};
    for (const auto& finding :
         detector.sample(second * 1000, levels, static_cast<uint64_t>(levels.back().live_bytes))) {
      found.push_back(finding);
    }
  }
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].account, 1U);
}

}  // namespace
}  // namespace duel::servers::leaks
