#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "servers/config/access_log_options.h"

namespace duel::servers::logs {

// Receives the access log lines of all workers. Like Beego's logger it can write synchronously or, as after
// logs.Async(), asynchronously.
//
// Synchronous: a worker writes each line itself and waits while a pipe is full. Asynchronous: a worker copies the line
// into a queue of bounded size, and one thread writes the queue in large pieces. If the queue is full, lines are
// dropped and counted; no request waits.
//
// A line that cannot be written is counted and reported on standard error (log.h). If only a part of it was written,
// the next line starts with a newline.
class AccessLog {
 public:
  // Throws http::StartError if the file cannot be opened, or if it is a pipe without a reader.
  explicit AccessLog(config::AccessLogOptions options);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  bool is_on() const { return options_.on; }
  const std::vector<http::grammar::Network>& proxies() const { return options_.proxies; }

  // Any thread. `line` ends with a newline and has at most PIPE_BUF bytes, so that lines of several workers do not mix.
  void write(std::string_view line);

  // Any thread. After hurry(), a full pipe is given up when its reader has not read for one second.
  void hurry();
  // Any thread. After give_up(), a full pipe is given up at once.
  void give_up();

  // Calls hurry() and writes the queue. No worker may write at the same time or later. The destructor calls finish().
  void finish();

  // The number of lines that are not in the file, because the queue was full or because writing failed.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void run();
  void write_out(std::string_view lines);
  std::string_view put(std::string_view bytes);
  bool wait_for_room();

  config::AccessLogOptions options_;
  int descriptor_ = -1;
  // true for a pipe, socket or terminal, which can be full; false for a file, where write(2) never waits
  bool has_reader_ = false;
  std::atomic<int> patience_ms_;  // how long to wait for a reader; negative: for ever
  std::atomic<bool> cut_{false};  // the last written line has no newline
  std::atomic<uint64_t> dropped_{0};
  std::mutex pipe_mutex_;  // only if has_reader_: no other thread writes between the test for room and the write
  std::mutex mutex_;
  std::condition_variable filled_;
  std::string queue_;
  bool gathering_ = false;  // the thread has seen the first line and waits for more lines
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace duel::servers::logs
