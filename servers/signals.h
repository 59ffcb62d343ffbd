#pragma once

#include <csignal>
#include <functional>
#include <initializer_list>

namespace duel::servers {

// Signals taken as values by one thread instead of handlers. Blocks them for the calling thread and all that it starts
// later: make it before any other thread.
class Signals {
 public:
  explicit Signals(std::initializer_list<int> signals);

  int wait() const;  // the next one that arrives
  // Makes wait() return `signal`; from any thread.
  static void raise(int signal);

 private:
  sigset_t set_{};
};

}  // namespace duel::servers
