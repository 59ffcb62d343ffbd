#pragma once

#include <algorithm>
#include <chrono>

#include "router/gin/context.h"

// A deadline for the handlers behind it. They run on the worker's thread and nothing can stop them from outside: a
// handler that waits or loops must ask time_left() or expired() and return. When the chain has ended too late, the
// answer is 503 as with Go's http.TimeoutHandler, whatever was gathered, because who gave this deadline does not count
// on it any more. What the handler has done stays done, and so a client that repeats a POST after this 503 may do it
// twice: LateAnswer::kSend sends the late answer instead. A stream that has begun is left alone.
namespace duel::gin::middleware {

enum class LateAnswer : bool { kReplace, kSend };

struct TimeoutOptions {
  std::chrono::milliseconds limit{};
  LateAnswer late = LateAnswer::kReplace;
  int status = 503;  // 504 where the time was spent waiting for another server (RFC 9110 §15.6.5)
};

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Key<Deadline> kDeadline{"deadline"};  // Deadline::max() as if it were not set

// Zero when it has passed; the largest duration if there is no deadline.
inline std::chrono::nanoseconds time_left(Context& c) {
  const Deadline* deadline = c.get(kDeadline);
  if (deadline == nullptr || *deadline == Deadline::max()) return std::chrono::nanoseconds::max();
  return std::max(std::chrono::nanoseconds(0), *deadline - std::chrono::steady_clock::now());
}
inline bool expired(Context& c) {
  return time_left(c).count() == 0;
}

namespace internal {

// The deadline for the handlers behind: the limit's or the one around it, which comes back when they have ended.
class InnerDeadline {
 public:
  InnerDeadline(Context& c, std::chrono::milliseconds limit) : context_(c) {
    if (const Deadline* set = c.get(kDeadline)) outer_ = *set;
    inner_ = std::min(outer_, std::chrono::steady_clock::now() + limit);
    c.set(kDeadline, inner_);
  }
  ~InnerDeadline() { context_.set(kDeadline, outer_); }
  InnerDeadline(const InnerDeadline&) = delete;
  InnerDeadline& operator=(const InnerDeadline&) = delete;

  bool expired() const { return std::chrono::steady_clock::now() >= inner_; }

 private:
  Context& context_;
  Deadline outer_ = Deadline::max();
  Deadline inner_;
};

}  // namespace internal

template <const TimeoutOptions& kOptions>
void timeout(Context& c) {
  const internal::InnerDeadline deadline(c, kOptions.limit);
  c.next();
  const bool silent = !c.written();
  if (!deadline.expired() || (kOptions.late == LateAnswer::kSend && !silent) || !c.discard_response()) return;
  c.error("the request took too long");
  c.string(kOptions.status, "the request took too long");
}

}  // namespace duel::gin::middleware
