#include "servers/signals.h"

#include <unistd.h>

#include <cerrno>

namespace duel::servers {

Signals::Signals(std::initializer_list<int> signals) {
  sigemptyset(&set_);
  for (const int signal : signals) sigaddset(&set_, signal);
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int Signals::wait() const {
  int signal = 0;
  while (sigwait(&set_, &signal) == EINTR) {
  }
  return signal;
}

void Signals::raise(int signal) {
  kill(getpid(), signal);
}

}  // namespace duel::servers
