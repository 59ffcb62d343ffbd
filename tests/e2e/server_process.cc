#include "tests/e2e/server_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace duel::e2e {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int patience_ms() {
  return static_cast<int>(std::chrono::milliseconds(kPatience).count());
}

// Appends the available bytes to `text`; false at the end of the file.
bool read_some(int descriptor, std::string& text) {
  char bytes[4096];
  const ssize_t size = ::read(descriptor, bytes, sizeof(bytes));
  if (size > 0) text.append(bytes, static_cast<size_t>(size));
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

// Removes the first line from `text` and returns it; reads until there is one.
std::string read_line_from(int descriptor, std::string& text, const char* what) {
  for (;;) {
    const size_t end = text.find('\n');
    if (end != std::string::npos) {
      const std::string line = text.substr(0, end);
      text.erase(0, end + 1);
      return line;
    }
    pollfd ready{.fd = descriptor, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, patience_ms()) <= 0) throw std::runtime_error(std::string(what) + ": no line in time");
    if (!read_some(descriptor, text)) throw std::runtime_error(std::string(what) + ": ended without a line");
  }
}

std::vector<std::string> server_command(const std::string& router, const std::vector<std::string>& arguments,
                                        const std::string& stats_file) {
  // One worker by default, so that a test knows which worker serves it. DUEL_E2E_THREADS=4 runs the tests with four.
  const char* const threads = std::getenv("DUEL_E2E_THREADS");
  std::map<std::string, std::string> flags = {{"--router", router},  {"--host", "127.0.0.1"},
                                              {"--port", "0"},       {"--threads", threads == nullptr ? "1" : threads},
                                              {"--admin-port", "0"}, {"--stats-file", stats_file}};
  for (const std::string& argument : arguments) {
    const size_t equals = argument.find('=');
    flags[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  std::vector<std::string> command = {server_binary()};
  for (const auto& [flag, value] : flags) command.push_back(flag + "=" + value);
  return command;
}

}  // namespace

std::string server_binary() {
  return DUEL_SERVER;
}

uint16_t port_after(std::string_view url, const std::string& first_line) {
  const size_t at = first_line.find(url);
  return at == std::string::npos ? 0 : static_cast<uint16_t>(std::stoi(first_line.substr(at + url.size())));
}

Process::Process(const std::vector<std::string>& command, const std::function<void()>& in_child) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  int output[2];
  int error[2];
  if (::pipe2(output, O_CLOEXEC) != 0 || ::pipe2(error, O_CLOEXEC) != 0) fail("pipe2");
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(error[1], STDERR_FILENO);
    if (in_child) in_child();
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(error[1]);
  output_ = output[0];
  error_ = error[0];
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  ::fcntl(error_, F_SETFL, O_NONBLOCK);
}

Process::~Process() {
  if (exit_status_ < 0) {
    ::kill(pid_, SIGKILL);
    collect();
  }
  ::close(output_);
  ::close(error_);
}

void Process::signal(int number) const {
  if (::kill(pid_, number) != 0) fail("kill");
}

void Process::stop() const {
  signal(SIGSTOP);
  siginfo_t stopped{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED) != 0) {
    if (errno != EINTR) fail("waitid");
  }
}

std::string Process::read_line() {
  return read_line_from(output_, output_text_, "standard output");
}

void Process::collect() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignalled = 128;
  exit_status_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

int Process::wait() {
  if (exit_status_ >= 0) return exit_status_;
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (handle < 0) fail("pidfd_open");
  pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
  const int ready = ::poll(&ended, 1, patience_ms());
  ::close(handle);
  if (ready <= 0) throw std::runtime_error("the process does not end; its standard error: " + standard_error());
  collect();
  return exit_status_;
}

bool Process::running() {
  if (exit_status_ >= 0) return false;
  siginfo_t info = {};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

std::string Process::standard_output() {
  while (true) {
    const size_t before = output_text_.size();
    if (!read_some(output_, output_text_) || output_text_.size() == before) return output_text_;
  }
}

std::string Process::standard_error() {
  while (true) {
    const size_t before = error_text_.size();
    if (!read_some(error_, error_text_) || error_text_.size() == before) return error_text_;
  }
}

namespace {

// A FIFO for --stats-file, so that a test can wait for the next line.
int make_stats_pipe(const std::string& path) {
  if (::mkfifo(path.c_str(), S_IRUSR | S_IWUSR) != 0) fail("mkfifo");
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) fail("open");
  return descriptor;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& router, const std::vector<std::string>& arguments,
                             const std::function<void()>& in_child)
    : stats_(make_stats_pipe(directory_.path() / "stats")),
      process_(server_command(router, arguments, directory_.path() / "stats"), in_child) {
  try {
    ready_line_ = process_.read_line();
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string("the server does not start: ") + error.what() +
                             "; its standard error: " + process_.standard_error());
  }
  std::smatch match;
  static const std::regex kReady(R"(listening on http://(\[[0-9a-f:]+\]|[0-9.]+):(\d+) \(.* threads=(\d+),.*\))");
  if (!std::regex_match(ready_line_, match, kReady)) throw std::runtime_error("unexpected first line: " + ready_line_);
  port_ = static_cast<uint16_t>(std::stoi(match[2]));
  workers_ = static_cast<unsigned>(std::stoi(match[3]));
}

ServerProcess::~ServerProcess() {
  ::close(stats_);
}

int ServerProcess::stop() {
  if (process_.running()) process_.signal(SIGTERM);
  const int status = process_.wait();
  EXPECT_EQ(status, 0) << "standard error: " << process_.standard_error();
  return status;
}

Snapshot ServerProcess::snapshot() {
  process_.signal(SIGUSR1);
  const std::string line = read_line_from(stats_, stats_text_, "--stats-file");
  Snapshot numbers;
  static const std::regex kNumber(R"re("(\w+)":(\d+))re");
  for (std::sregex_iterator it(line.begin(), line.end(), kNumber), end; it != end; ++it) {
    numbers[(*it)[1]] = std::stoull((*it)[2]);
  }
  return numbers;
}

uint64_t ServerProcess::status(const std::string& name) const {
  std::ifstream file("/proc/" + std::to_string(pid()) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1));
  }
  throw std::runtime_error("no " + name + " in the process's status");
}

size_t ServerProcess::open_descriptors() const {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid()) + "/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

bool eventually(const std::function<bool()>& happened, const std::function<void()>& step) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!happened()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    step ? step() : std::this_thread::yield();
  }
  return true;
}

}  // namespace duel::e2e
