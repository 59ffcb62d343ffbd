#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <optional>

namespace duel::servers {

// Signals taken as values by one thread instead of handlers. Blocks them for the calling thread and all that it starts
// later: make it before any other thread.
class Signals {
 public:
  explicit Signals(std::initializer_list<int> signals);

  int wait() const;  // the next one that arrives
  // The same, or nothing when the time has come.
  std::optional<int> wait_until(std::chrono::steady_clock::time_point time) const;
  // From now on these do to the calling thread's process what they do to any other: they end it.
  static void let_go(std::initializer_list<int> signals);
  // Makes wait() return `signal`; from any thread.
  static void raise(int signal);

 private:
  sigset_t set_{};
};

}  // namespace duel::servers
