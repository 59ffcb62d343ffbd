#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "servers/config/access_log_options.h"

namespace duel::servers::logs {

// Where the workers' access log lines go: Beego's logger with its synchronous output, and with logs.Async().
//
// Synchronous: a worker writes each line itself, and waits if the pipe makes it wait. Asynchronous: it copies the line
// into a queue of bounded size, which a thread of the log's own writes out in large pieces; when that cannot follow,
// lines are dropped and counted, and no request waits.
//
// A line that cannot be written is counted and said on standard error (log.h). If it was cut, the next one begins on a
// line of its own.
class AccessLog {
 public:
  // Throws http::StartError if the file cannot be opened. A pipe without a reader is refused.
  explicit AccessLog(config::AccessLogOptions options);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // From any thread. A line with its newline, of at most PIPE_BUF bytes, so that lines of several workers do not mix.
  void write(std::string_view line);

  // These two from any thread. From now on a reader that takes nothing for a second is not waited for ...
  void hurry();
  // ... and none is waited for at all.
  void give_up();

  // Writes what is queued, in a hurry. Not while workers still write. The destructor does it, too.
  void finish();

  // Lines that are in no file: the queue was full, or writing failed.
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void run();
  void write_out(std::string_view lines);
  std::string_view put(std::string_view bytes);
  bool wait_for_room();

  config::AccessLogOptions options_;
  int descriptor_ = -1;
  bool has_reader_ = false;       // a pipe, a terminal: who may stand still; a file takes everything, or says no
  std::atomic<int> patience_ms_;  // with a reader; negative: without end
  std::atomic<bool> cut_{false};  // the last line written has no end
  std::atomic<uint64_t> dropped_{0};
  std::mutex pipe_;  // with a reader: what has room for a line has it for one thread
  std::mutex mutex_;
  std::condition_variable filled_;
  std::string queue_;
  bool gathering_ = false;  // the thread has seen the first line and waits for more
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace duel::servers::logs
