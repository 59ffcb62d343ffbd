#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <initializer_list>
#include <optional>

namespace duel::servers {

// Lets one thread receive signals as values instead of in handlers. The constructor blocks the signals in the calling
// thread and in every thread that it starts later, so it must run before the first thread is started.
class Signals {
 public:
  explicit Signals(std::initializer_list<int> signals);

  int wait() const;  // returns the next signal
  // Returns the next signal, or nothing at `time`.
  std::optional<int> wait_until(std::chrono::steady_clock::time_point time) const;
  // Restores the default action of these signals, which ends the process. Call it on the thread of the constructor.
  static void restore_default(std::initializer_list<int> signals);
  // Sends `signal` to this process, so that wait() returns it. Any thread.
  static void raise(int signal);

 private:
  sigset_t set_{};
};

}  // namespace duel::servers
