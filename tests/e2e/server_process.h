#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/temporary_directory.h"

namespace duel::e2e {

// The maximum wait for an expected event. A test reaches it only if it fails.
inline constexpr std::chrono::seconds kPatience{100};

// A process whose output is captured. If it still runs, the destructor or the end of the test process kills it.
class Process {
 public:
  // `in_child` runs between fork and exec, so it may do only what a signal handler may do.
  explicit Process(const std::vector<std::string>& command, const std::function<void()>& in_child = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  // Sends SIGSTOP. When it returns, no thread of the process runs until SIGCONT.
  void stop() const;

  // The next line of its standard output. Throws if the process ends or writes nothing.
  std::string read_line();
  // Waits for its end. Returns the exit status, or 128 + the number of the signal that killed it. Throws if it does not
  // end.
  int wait();
  bool running();

  // The output so far; after wait(), all output.
  std::string standard_output();
  std::string standard_error();

 private:
  void collect();  // reads the status of the ended process

  pid_t pid_ = -1;
  int exit_status_ = -1;
  int output_ = -1;
  int error_ = -1;
  std::string output_text_;
  std::string error_text_;
};

// The numbers of one line of --stats-file, by name.
using Snapshot = std::map<std::string, uint64_t>;

// What precedes each port in the first line that a server prints.
inline constexpr std::string_view kServerUrl = "listening on http://127.0.0.1:";
inline constexpr std::string_view kAdminUrl = "admin=http://127.0.0.1:";

// The port after `url`, one of the above; 0 if the line does not have it.
uint16_t port_after(std::string_view url, const std::string& first_line);

// `server --port=0 --host=127.0.0.1 --threads=1` with further arguments, which override these. The constructor returns
// when clients can connect.
class ServerProcess {
 public:
  explicit ServerProcess(const std::string& router, const std::vector<std::string>& arguments = {},
                         const std::function<void()>& in_child = {});
  ~ServerProcess();

  uint16_t port() const { return port_; }
  uint16_t admin_port() const { return port_after(kAdminUrl, ready_line_); }  // 0 if it is off
  pid_t pid() const { return process_.pid(); }
  Process& process() { return process_; }
  const std::string& ready_line() const { return ready_line_; }
  unsigned workers() const { return workers_; }

  // Sends SIGTERM, waits for the end and returns the exit status. If it is not 0, the test's log gets the standard
  // error.
  int stop();

  // The current counters (SIGUSR1), which include all answers before the call.
  Snapshot snapshot();

  // A number of /proc/PID/status, such as "VmRSS" in KiB.
  uint64_t status(const std::string& name) const;
  size_t open_descriptors() const;

 private:
  TemporaryDirectory directory_;
  int stats_ = -1;  // the reading end of the pipe that is the server's --stats-file
  std::string stats_text_;
  Process process_;
  std::string ready_line_;
  uint16_t port_ = 0;
  unsigned workers_ = 0;
};

// The path of the program under test, or of a file in its source tree.
std::string server_binary();

// Calls `happened` until it returns true, and calls `step` each time it returns false. Returns false if `happened` has
// not returned true within kPatience.
bool eventually(const std::function<bool()>& happened, const std::function<void()>& step = {});

}  // namespace duel::e2e
