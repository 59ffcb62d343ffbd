#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace duel::e2e {

// How long a test waits for something that has to happen. Reached only when it does not happen.
inline constexpr std::chrono::seconds kPatience{100};

// An own folder below the system's temporary one, removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Writes a file, making its folders; gives its path.
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

// A process with its output caught. Killed, if it still runs, by the destructor or when the test dies.
class Process {
 public:
  // `in_child` runs between fork and exec: only what a signal handler may do.
  explicit Process(const std::vector<std::string>& command, const std::function<void()>& in_child = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;

  // The next line of its standard output. Throws if it ends or keeps silent instead.
  std::string read_line();
  // Waits for its end; the exit status, or 128 + the number of the signal that killed it. Throws if it goes on.
  int wait();
  bool running();

  // Everything written so far (wait() first for all of it).
  std::string standard_output();
  std::string standard_error();

 private:
  void collect();  // an ended process

  pid_t pid_ = -1;
  int exit_status_ = -1;
  int output_ = -1;
  int error_ = -1;
  std::string output_text_;
  std::string error_text_;
};

// One line of --stats-file: its numbers by name.
using Snapshot = std::map<std::string, uint64_t>;

// `server --port=0 --host=127.0.0.1 --threads=1` and the arguments given, which win over these, ready to be connected
// to.
class ServerProcess {
 public:
  explicit ServerProcess(const std::string& router, const std::vector<std::string>& arguments = {},
                         const std::function<void()>& in_child = {});
  ~ServerProcess();

  uint16_t port() const { return port_; }
  pid_t pid() const { return process_.pid(); }
  Process& process() { return process_; }
  const std::string& ready_line() const { return ready_line_; }
  unsigned workers() const { return workers_; }

  // SIGTERM and its end: the exit status, with the standard error in the test's log if that is not 0.
  int stop();

  // Counters of this moment (SIGUSR1). What was answered before the call is in it.
  Snapshot snapshot();

  // A number of /proc/PID/status, e.g. "VmRSS" in KiB.
  uint64_t status(const std::string& name) const;
  size_t open_descriptors() const;

 private:
  TemporaryDirectory directory_;
  int stats_ = -1;  // the reading end of the pipe that the server takes for its --stats-file
  std::string stats_text_;
  Process process_;
  std::string ready_line_;
  uint16_t port_ = 0;
  unsigned workers_ = 0;
};

// Path of the program under test, or of a file in its source tree.
std::string server_binary();

// Tries `happened` again and again, `step` between (which should take part in making it happen); false if it never
// does.
bool eventually(const std::function<bool()>& happened, const std::function<void()>& step = {});

}  // namespace duel::e2e
