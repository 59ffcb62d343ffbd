#include "servers/leaks/leak_watch.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "alloc/snapshot.h"

namespace duel::servers::leaks {
namespace {

// Enough samples to find the floor of a block, and few enough to cost nothing.
constexpr int kSamplesPerBlock = 6;
constexpr std::chrono::milliseconds kMinPause{10};

std::string time_of_day(std::chrono::system_clock::time_point clock) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(clock);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, sizeof "HH:MM:SS UTC"> text;
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S UTC", &parts)};
}

}  // namespace

std::string describe(const LeakDetector::Finding& finding, std::string_view route, int64_t now_ms,
                     std::chrono::system_clock::time_point clock) {
  const auto ago = std::chrono::milliseconds(now_ms - finding.since_ms);
  const std::string since = time_of_day(clock - ago);
  const double minutes = static_cast<double>(ago.count()) / 60'000;
  const int size = static_cast<int>(route.size());
  std::array<char, 512> line;
  if (finding.leaks) {
    std::snprintf(
        line.data(), line.size(),
        "possible memory leak in %.*s: its live bytes grow by %.1f MB/min since %s (%.1f min, "
        "%.1f MB); a cache that still fills looks the same; a heap profile (/debug/pprof/heap) names the function",
        size, route.data(), finding.bytes_per_min / 1e6, since.c_str(), minutes,
        static_cast<double>(finding.grown_bytes) / 1e6);
  } else {
    std::snprintf(line.data(), line.size(),
                  "the memory of %.*s has stopped growing; it is %.1f MB larger than at %s (%.1f min ago)", size,
                  route.data(), static_cast<double>(finding.grown_bytes) / 1e6, since.c_str(), minutes);
  }
  return line.data();
}

LeakWatch::LeakWatch(std::chrono::milliseconds window, std::function<void(std::string_view line)> log)
    : window_(window), log_(std::move(log)), detector_(window) {
  if (window_.count() > 0 && alloc::available()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
}

void LeakWatch::run(const std::stop_token& stop) {
  const auto pause = std::max(kMinPause, window_ / static_cast<int>(LeakDetector::kBlocks * kSamplesPerBlock));
  const Clock::time_point begin = Clock::now();
  std::unique_lock lock(mutex_);
  for (Clock::time_point next = begin; !stop.stop_requested(); next += pause) {
    stopped_.wait_until(lock, stop, next, [] { return false; });
    if (stop.stop_requested()) return;
    next = std::max(next, Clock::now() - pause);  // skips the samples of a time in which the process was stopped
    look(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count());
  }
}

void LeakWatch::look(int64_t now_ms) {
  levels_.resize(alloc::account_count());
  for (size_t i = 0; i < levels_.size(); ++i) {
    const alloc::Costs costs = alloc::account_costs(static_cast<alloc::AccountId>(i));
    levels_[i] = {.requests = costs.entries, .live_bytes = costs.live_bytes()};
  }
  for (const LeakDetector::Finding& finding : detector_.sample(now_ms, levels_, alloc::read_heap_allocated_bytes())) {
    log_(describe(finding, alloc::account_name(static_cast<alloc::AccountId>(finding.account)), now_ms,
                  std::chrono::system_clock::now()));
  }
}

std::vector<LeakWatch::Route> LeakWatch::routes() const {
  std::vector<Route> routes;
  const size_t count = alloc::account_count();
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < count; ++i) {
    const auto account = static_cast<alloc::AccountId>(i);
    const alloc::Costs costs = alloc::account_costs(account);
    if (costs == alloc::Costs{}) continue;
    routes.push_back({.account = account,
                      .name = alloc::account_name(account),
                      .costs = costs,
                      .live_bytes_per_min = detector_.bytes_per_min(i),
                      .suspected = detector_.suspected(i)});
  }
  return routes;
}

}  // namespace duel::servers::leaks
