#include "bench/load/schedule.h"

namespace duel::load {
namespace {

__extension__ using Wide = unsigned __int128;  // the product of a request's number and 10^12 needs more than 64 bits

constexpr uint64_t kNsPerThousandSeconds = 1'000'000'000'000;

}  // namespace

ScheduleCursor::ScheduleCursor(const std::vector<Step>& steps, Share share)
    : steps_(steps), stride_(share.count), in_step_(share.index) {
  due_.number = share.index;
  enter_step();
  settle();
}

void ScheduleCursor::advance() {
  due_.number += stride_;
  in_step_ += stride_;
  settle();
}

void ScheduleCursor::enter_step() {
  step_count_ = done() ? 0 : requests_in(steps_[due_.step]);
}

// Moves to the step that contains the request, and computes its time.
void ScheduleCursor::settle() {
  while (!done() && in_step_ >= step_count_) {
    in_step_ -= step_count_;
    step_begin_ns_ += steps_[due_.step++].duration_ns;
    enter_step();
  }
  if (done()) return;
  const auto rate = static_cast<uint64_t>(steps_[due_.step].rate_milli);
  due_.intended_ns = step_begin_ns_ + static_cast<int64_t>(Wide{in_step_} * kNsPerThousandSeconds / rate);
}

uint64_t requests_in(const Step& step) {
  const Wide product = Wide{static_cast<uint64_t>(step.duration_ns)} * static_cast<uint64_t>(step.rate_milli);
  return static_cast<uint64_t>((product + kNsPerThousandSeconds - 1) / kNsPerThousandSeconds);
}

int64_t duration_ns(const std::vector<Step>& steps) {
  int64_t sum = 0;
  for (const Step& step : steps) sum += step.duration_ns;
  return sum;
}

int64_t warmup_ns(const std::vector<Step>& steps) {
  int64_t sum = 0;
  for (const Step& step : steps) sum += step.warmup ? step.duration_ns : 0;
  return sum;
}

}  // namespace duel::load
