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

#include "http/grammar/address.h"
#include "router/gin/context.h"

// For applications: writes one line per request in Gin's format, on a separate thread:
//
//   [GIN] 2023/05/01 - 12:00:00 | 200 |      12.345us |       127.0.0.1 | GET      "/ping?a=1"
//
//   inline gin::middleware::RequestLog request_log;
//   gin::use(gin::middleware::logger<request_log>)      and in main():  request_log.start(STDOUT_FILENO);
namespace duel::gin::middleware {

// A ring of lines to be written. A worker copies an entry into the ring under a lock; the thread of the log formats and
// writes the lines. If the ring is full, lines are dropped and counted, so that no request waits. Any thread may call
// push(), started() and dropped().
class RequestLog {
 public:
  struct Entry {
    std::chrono::system_clock::time_point time;
    std::chrono::nanoseconds latency{};
    int status = 0;
    uint8_t method_size = 0;
    uint8_t client_size = 0;
    uint16_t target_size = 0;
    // Longer texts are cut off.
    std::array<char, 16> method;                                // NOLINT: only the first method_size bytes are set
    std::array<char, http::grammar::kAddressTextBytes> client;  // NOLINT
    std::array<char, 256> target;                               // NOLINT
  };

  RequestLog() = default;
  ~RequestLog() { stop(); }
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // Starts the thread. Requests before start() are not logged. `lines` is the size of the ring. The caller owns the
  // descriptor and must keep it open until stop() has returned.
  void start(int descriptor, size_t lines = 4096);
  // Writes the lines of the ring and ends the thread. Must not be called while requests are being served.
  void stop();

  bool started() const { return started_.load(std::memory_order_acquire); }
  void push(const Entry& entry);
  // The number of lines dropped since the start of the program.
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
