// For the options, the generator and the report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace duel::load {

// A part of the run with a constant rate. Times of a schedule are nanoseconds since its start.
struct Step {
  int64_t rate_milli = 0;  // requests per 1,000 s, so that a rate may have three decimals; 0: closed loop
  int64_t duration_ns = 0;
  bool warmup = false;  // its requests are sent, but not reported
};

// The part of a schedule that one of `count` generators or threads sends: the requests `index`, `index + count`,
// `index + 2 * count` and so on.
struct Share {
  uint64_t index = 0;
  uint64_t count = 1;
};

// Request `number` of the whole schedule.
struct Due {
  uint64_t number = 0;
  int64_t intended_ns = 0;
  uint32_t step = 0;
};

// Walks through the requests of one share in the order of their intended times. Within a step, request k is due k /
// rate after the beginning of the step, rounded down to a nanosecond. Rounding does not add up: each time is computed
// from k.
class ScheduleCursor {
 public:
  ScheduleCursor(const std::vector<Step>& steps, Share share);

  bool done() const { return due_.step >= steps_.size(); }
  // Only if not done().
  const Due& due() const { return due_; }
  void advance();

 private:
  void enter_step();
  void settle();

  std::vector<Step> steps_;
  uint64_t stride_;
  uint64_t in_step_;         // the number of the request, counted from the beginning of its step
  uint64_t step_count_ = 0;  // the requests of the step
  int64_t step_begin_ns_ = 0;
  Due due_;
};

// The number of requests that are due in a step.
uint64_t requests_in(const Step& step);
// The duration of all steps.
int64_t duration_ns(const std::vector<Step>& steps);
// The duration of the steps that are not reported. They come first.
int64_t warmup_ns(const std::vector<Step>& steps);

}  // namespace duel::load
