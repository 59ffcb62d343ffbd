#include "servers/signals.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace duel::servers {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals(std::initializer_list<int> signals) : set_(set_of(signals)) {
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

void Signals::restore_default(std::initializer_list<int> signals) {
  for (const int signal : signals) std::signal(signal, SIG_DFL);
  const sigset_t set = set_of(signals);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

int Signals::wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) == EINTR) {
  }
  return signal;
}

std::optional<int> Signals::wait_until(std::chrono::steady_clock::time_point time) const {
  using std::chrono::nanoseconds;
  constexpr int64_t kNsPerSecond = 1'000'000'000;
  for (;;) {
    const auto left = std::max(nanoseconds(0), nanoseconds(time - std::chrono::steady_clock::now())).count();
    const timespec timeout{.tv_sec = left / kNsPerSecond, .tv_nsec = left % kNsPerSecond};
    const int signal = sigtimedwait(&set_, nullptr, &timeout);
    if (signal >= 0) return signal;
    if (errno != EINTR) return std::nullopt;
  }
}

void Signals::raise(int signal) {
  kill(getpid(), signal);
}

}  // namespace duel::servers
