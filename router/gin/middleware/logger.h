#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "router/gin/context.h"

// One line a request, in Gin's form, written by a thread of its own:
//
//   [GIN] 2023/05/01 - 12:00:00 | 200 |      12.345us |       127.0.0.1 | GET      "/ping?a=1"
//
//   inline gin::RequestLog request_log;
//   gin::use(gin::logger<request_log>)       and in main():  request_log.start(STDOUT_FILENO);
namespace duel::gin::middleware {

// The lines on their way. A worker only fills an entry of the ring, under a lock that is held for a copy; formatting
// and writing happen on the log's thread. When that cannot follow, lines are dropped and counted, and no request waits.
class RequestLog {
 public:
  struct Entry {
    std::chrono::system_clock::time_point time;
    std::chrono::nanoseconds latency{};
    int status = 0;
    uint8_t method_size = 0;
    uint8_t client_size = 0;
    uint16_t target_size = 0;
    // Longer ones are cut.
    std::array<char, 16> method;   // NOLINT: only the first `size` mean anything
    std::array<char, 46> client;   // NOLINT
    std::array<char, 256> target;  // NOLINT
  };

  RequestLog() = default;
  ~RequestLog() { stop(); }
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // Lines of requests before start() are passed over: a logger that was not started is off. `lines` is the ring's size.
  // The descriptor stays the caller's and must outlive stop().
  void start(int descriptor, size_t lines = 4096);
  // Writes what is there and ends the thread. Not while requests are being served.
  void stop();

  bool started() const { return started_.load(std::memory_order_acquire); }
  void push(const Entry& entry);
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void run(int descriptor);

  std::atomic<bool> started_{false};
  std::atomic<uint64_t> dropped_{0};
  std::mutex mutex_;
  std::condition_variable filled_;
  std::unique_ptr<Entry[]> ring_;
  size_t capacity_ = 0;
  size_t first_ = 0;
  size_t count_ = 0;
  bool stopping_ = false;
  bool waiting_ = false;
  std::thread thread_;
};

namespace internal {
void log_request(Context& c, RequestLog& log);
}

template <RequestLog& kLog>
void logger(Context& c) {
  internal::log_request(c, kLog);
}

}  // namespace duel::gin::middleware
