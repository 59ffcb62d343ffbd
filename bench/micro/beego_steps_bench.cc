// beego_steps_bench [REQUESTS]: how long each step of GET /json takes in the Beego style.
//
// The clock is read behind each step, REQUESTS times (100,000). Printed are the median and the 10th percentile of each
// step less what reading the clock costs, and their sum. Steps overlap in a processor, so the sum is a little more than
// a whole request takes (router_bench, json/beego/request).

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include "bench/micro/beego_steps.h"
#include "bench/micro/environment.h"

namespace duel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Times = std::vector<double>;  // ns

constexpr size_t kRequests = 100'000;

double percentile(Times& times, size_t percent) {
  const auto at = times.begin() + static_cast<std::ptrdiff_t>(times.size() * percent / 100);
  std::nth_element(times.begin(), at, times.end());
  return *at;
}

double ns_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::nano>(to - from).count();
}

// What a step that does nothing takes.
Times clock_times(size_t requests) {
  Clock::time_point last;
  Clock::time_point now;
  const std::function<void()> mark = [&] {
    last = now;
    now = Clock::now();
  };
  Times times(requests);
  for (double& time : times) {
    mark();
    mark();
    time = ns_between(last, now);
  }
  return times;
}

void measure(size_t requests) {
  BeegoJsonRequest request;
  std::array<Clock::time_point, kBeegoSteps.size() + 1> marks;
  size_t next = 0;
  const std::function<void()> mark = [&] { marks[next++] = Clock::now(); };
  std::array<Times, kBeegoSteps.size()> times;
  for (size_t i = 0; i < requests; ++i) {
    next = 0;
    request.run(mark);
    for (size_t step = 0; step < times.size(); ++step) times[step].push_back(ns_between(marks[step], marks[step + 1]));
  }
  Times nothing = clock_times(requests);
  const double clock_median = percentile(nothing, 50);
  const double clock_low = percentile(nothing, 10);
  std::printf("%-24s %10s %10s\n", "step", "median, ns", "10 %, ns");
  double sum_median = 0;
  double sum_low = 0;
  for (size_t step = 0; step < times.size(); ++step) {
    const double median = std::max(0.0, percentile(times[step], 50) - clock_median);
    const double low = std::max(0.0, percentile(times[step], 10) - clock_low);
    sum_median += median;
    sum_low += low;
    std::printf("%-24s %10.0f %10.0f\n", kBeegoSteps[step].data(), median, low);
  }
  std::printf("%-24s %10.0f %10.0f   (%zu requests; the clock's own %.0f ns are taken off each step)\n", "sum",
              sum_median, sum_low, requests, clock_median);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
  size_t requests = duel::bench::kRequests;
  if (argc > 1) {
    const char* end = argv[1] + std::strlen(argv[1]);
    const auto read = std::from_chars(argv[1], end, requests);
    if (argc > 2 || read.ec != std::errc() || read.ptr != end || requests == 0 || requests > 100'000'000) {
      std::fprintf(stderr, "usage: beego_steps_bench [REQUESTS]\n");
      return 2;
    }
  }
  duel::bench::describe_environment();
  duel::bench::measure(requests);
}
