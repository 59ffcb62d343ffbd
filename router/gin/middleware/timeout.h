#pragma once

#include <algorithm>
#include <chrono>

#include "router/gin/context.h"

// A deadline for the handlers behind it. They run on the worker's thread and nothing can stop them from outside: a
// handler that waits or loops must ask time_left() or expired() and return. When the chain has ended too late, the
// answer is 503 as with Go's http.TimeoutHandler, whatever was gathered, because who gave this deadline does not count
// on it any more. What the handler has done stays done, and so a client that repeats a POST after this 503 may do it
// twice: LateAnswer::kSend sends the late answer instead. A stream that has begun is left alone.
namespace duel::gin {

enum class LateAnswer : bool { kReplace, kSend };

struct TimeoutOptions {
  std::chrono::milliseconds limit{};
  LateAnswer late = LateAnswer::kReplace;
  int status = 503;  // 504 where the time was spent waiting for another server (RFC 9110 §15.6.5)
};

inline constexpr Key<std::chrono::steady_clock::time_point> kDeadline{"deadline"};

// Zero when it has passed; the largest duration if there is no deadline.
inline std::chrono::nanoseconds time_left(Context& c) {
  const auto* deadline = c.get(kDeadline);
  if (deadline == nullptr) return std::chrono::nanoseconds::max();
  return std::max(std::chrono::nanoseconds(0), *deadline - std::chrono::steady_clock::now());
}
inline bool expired(Context& c) {
  return time_left(c).count() == 0;
}

template <const TimeoutOptions& kOptions>
void timeout(Context& c) {
  const auto deadline = std::chrono::steady_clock::now() + kOptions.limit;
  const auto* outer = c.get(kDeadline);
  c.set(kDeadline, outer == nullptr ? deadline : std::min(*outer, deadline));
  c.next();
  const bool silent = !c.written();
  if (!expired(c) || (kOptions.late == LateAnswer::kSend && !silent) || !c.discard_response()) return;
  c.error("the request took too long");
  c.string(kOptions.status, "the request took too long");
}

}  // namespace duel::gin
