#pragma once

#include <algorithm>
#include <chrono>

#include "router/gin/context.h"

// For applications: a deadline for the handlers after this middleware. They run on the worker's thread and cannot be
// stopped from outside, so a handler that waits or loops must call time_left() or expired() and return in time. If the
// chain ends after the deadline, its response is replaced by 503, as in Go's http.TimeoutHandler. The side effects of
// the handler remain, so a client that repeats a POST after such a 503 may cause them twice; LateAnswer::kSend sends
// the late response instead. A stream that has begun is not replaced.
//
//   constexpr gin::middleware::TimeoutOptions kTimeout{.limit = std::chrono::seconds(1)};
//   gin::use(gin::middleware::timeout<kTimeout>)
namespace duel::gin::middleware {

enum class LateAnswer : bool { kReplace, kSend };

struct TimeoutOptions {
  std::chrono::milliseconds limit{};
  LateAnswer late = LateAnswer::kReplace;
  int status = 503;  // use 504 if the handlers wait for another server (RFC 9110 §15.6.5)
};

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Key<Deadline> kDeadline{"deadline"};  // not set or Deadline::max(): no deadline

// Returns zero after the deadline, and the maximum duration if there is no deadline.
inline std::chrono::nanoseconds time_left(Context& c) {
  const Deadline* deadline = c.get(kDeadline);
  if (deadline == nullptr || *deadline == Deadline::max()) return std::chrono::nanoseconds::max();
  return std::max(std::chrono::nanoseconds(0), *deadline - std::chrono::steady_clock::now());
}
inline bool expired(Context& c) {
  return time_left(c).count() == 0;
}

namespace internal {

// Sets the deadline for the inner handlers: the earlier of the outer deadline and the limit. The destructor restores
// the outer deadline.
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
