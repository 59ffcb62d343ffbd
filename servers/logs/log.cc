#include "servers/logs/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>

namespace duel::servers::logs {

void log_failure(std::string_view sentence) {
  static std::atomic<int64_t> last_s{-1};
  static std::atomic<uint64_t> left_out{0};
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  const int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(since_boot).count();
  int64_t before_s = last_s.load();
  pollfd room{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};  // polled, so that a full pipe does not block
  if (before_s == now_s || ::poll(&room, 1, 0) == 0 || !last_s.compare_exchange_strong(before_s, now_s)) {
    ++left_out;
    return;
  }
  const uint64_t count = left_out.exchange(0);
  const int size = static_cast<int>(sentence.size());
  if (count == 0) {
    std::fprintf(stderr, "server: %.*s\n", size, sentence.data());
  } else {
    std::fprintf(stderr, "server: %.*s (%llu lines left out before this one)\n", size, sentence.data(),
                 static_cast<unsigned long long>(count));
  }
}

}  // namespace duel::servers::logs
