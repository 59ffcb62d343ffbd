// beego_steps_bench [REQUESTS]: prints the time of each step of GET /json in the Beego style.
//
// It runs REQUESTS requests (default 100,000) and reads the clock after each step. For each step it prints the mean of
// the middle half of the times, minus the time of reading the clock. It uses the mean and not the median, because a
// clock may advance in steps of 10 ns. Parsing and sending are not included, because they do not belong to a style;
// router_bench includes them (json/beego/request).

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <vector>

#include "bench/micro/beego_steps.h"
#include "bench/micro/environment.h"

namespace duel::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Times = std::vector<double>;  // ns

constexpr size_t kRequests = 100'000;

// The mean of the times between the quartiles, so that outliers do not count.
double middle_mean(Times& times) {
  std::sort(times.begin(), times.end());
  const auto quarter = static_cast<std::ptrdiff_t>(times.size() / 4);
  const double sum = std::accumulate(times.begin() + quarter, times.end() - quarter, 0.0);
  return sum / static_cast<double>(times.end() - times.begin() - 2 * quarter);
}

double ns_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::nano>(to - from).count();
}

// The times of an empty step.
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
  const double clock = middle_mean(nothing);
  std::printf("%-24s %8s\n", "step", "ns");
  double sum = 0;
  for (size_t step = 0; step < times.size(); ++step) {
    const double time = std::max(0.0, middle_mean(times[step]) - clock);
    sum += time;
    std::printf("%-24s %8.0f\n", kBeegoSteps[step].data(), time);
  }
  std::printf("%-24s %8.0f   (%zu requests; %.0f ns for reading the clock are subtracted from each step)\n", "sum", sum,
              requests, clock);
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
