#include "servers/profiles/profile_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "alloc/profile/program.h"
#include "servers/profiles/profiler.h"

namespace duel::servers::profiles {
namespace {

// A writer that reports an error has met input that no server writes: a defect.
constexpr int kInternalError = 500;
constexpr int kPatienceMs = 60'000;
constexpr size_t kMaxProfileBytes = size_t{64} << 20;
constexpr size_t kMaxMessageBytes = 512;

// Finds the program under its name in the build directory, or under the name that it is installed with.
std::string writer_path() {
  const std::filesystem::path folder = std::filesystem::path(alloc::profile::program_path()).parent_path();
  if (folder.empty()) throw ProfileRefused(kStatusUnavailable, "the profile writer cannot be found: mount /proc");
  for (const char* name : {"profile_writer", "duel-profile-writer"}) {
    const std::filesystem::path path = folder / name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  throw ProfileRefused(kStatusUnavailable,
                       "the program that writes profiles is missing: put duel-profile-writer beside the server, into " +
                           folder.string());
}

std::string cure_of_start(int error) {
  const bool scarce = error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
  return scarce ? "free memory, or raise the limits of processes and open files (ulimit -u, ulimit -n)"
                : "install it again, or wait until its installation or its build has ended";
}

// The arguments of posix_spawn; the destructor frees them.
struct SpawnArguments {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  SpawnArguments() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    // Undoes the server's signal mask, because the server receives signals as values.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnArguments() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnArguments(const SpawnArguments&) = delete;
  SpawnArguments& operator=(const SpawnArguments&) = delete;
};

// A running profile writer. The destructor kills it if it still runs.
class Child {
 public:
  Child(const char* kind, const std::array<int, 4>& descriptors) {
    SpawnArguments spawn;
    // Each descriptor first gets a number above all others, because another of these descriptors may have the target
    // number.
    const int first_free = *std::max_element(descriptors.begin(), descriptors.end()) + 1;
    for (int i = 0; i < static_cast<int>(descriptors.size()); ++i) {
      posix_spawn_file_actions_adddup2(&spawn.files, descriptors[static_cast<size_t>(i)], first_free + i);
    }
    for (int i = 0; i < static_cast<int>(descriptors.size()); ++i) {
      posix_spawn_file_actions_adddup2(&spawn.files, first_free + i, i);
      posix_spawn_file_actions_addclose(&spawn.files, first_free + i);
    }
    alloc::profile::Command command = alloc::profile::command_like_own(writer_path(), {kind});
    // MALLOC_CONF and LD_PRELOAD are meant for the server only.
    const char* const libraries = std::getenv("LD_LIBRARY_PATH");
    std::string variable = std::string("LD_LIBRARY_PATH=") + (libraries == nullptr ? "" : libraries);
    std::array<char*, 2> environment = {libraries == nullptr ? nullptr : variable.data(), nullptr};
    if (const int error = posix_spawn(&pid_, command.file.c_str(), &spawn.files, &spawn.attributes,
                                      command.arguments().data(), environment.data());
        error != 0) {
      throw ProfileRefused(kStatusUnavailable,
                           command.file + " cannot be started: " + std::strerror(error) + "; " + cure_of_start(error));
    }
  }
  ~Child() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      collect();
    }
    if (end_ >= 0) close(end_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Returns false if the child takes longer than kPatienceMs or a stop was requested.
  bool wait(const std::stop_token& stop) {
    end_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));  // glibc 2.36 declares it for C alone
    if (end_ < 0) {
      throw ProfileRefused(kStatusUnavailable, std::string("the server cannot wait for the profile writer: ") +
                                                   std::strerror(errno) +
                                                   "; raise the limit of open files (ulimit -n), or allow pidfd_open");
    }
    constexpr int kPollMs = 100;  // the longest delay before a stop is seen
    pollfd ended = {.fd = end_, .events = POLLIN, .revents = 0};
    for (int waited = 0; waited < kPatienceMs && !stop.stop_requested(); waited += kPollMs) {
      if (poll(&ended, 1, kPollMs) > 0) return true;
    }
    return false;
  }

  // The status of waitpid(2).
  int collect() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_ = -1;
  int end_ = -1;
};

std::string message_of(const alloc::profile::MemoryFile& errors) {
  std::string message = errors.read(kMaxMessageBytes);
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (!message.empty() && message.back() == ' ') message.pop_back();
  return message;
}

// Throws if the writer has failed; `status` is that of waitpid(2).
void require_success(int status, const std::string& message) {
  constexpr int kReported = 1;  // std::exception, in main() of the writer
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::string failure = "the profile was not written: ";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    throw ProfileRefused(kStatusUnavailable, failure + "the profile writer was killed; free memory and try again");
  }
  if (WIFSIGNALED(status)) {
    throw ProfileRefused(kInternalError, failure + "the profile writer crashed: " + strsignal(WTERMSIG(status)));
  }
  if (message.empty()) {
    throw ProfileRefused(kStatusUnavailable, failure +
                                                 "the profile writer ended without a message; install the writer that "
                                                 "belongs to this server");
  }
  throw ProfileRefused(WEXITSTATUS(status) == kReported ? kInternalError : kStatusUnavailable, failure + message);
}

}  // namespace

std::string write_profile(const char* kind, const alloc::profile::MemoryFile& samples, std::string_view process,
                          const std::stop_token& stop) {
  const alloc::profile::MemoryFile description("process");
  const alloc::profile::MemoryFile result("profile");
  const alloc::profile::MemoryFile errors("errors");
  description.append(process);
  description.rewind();
  samples.rewind();
  Child writer(kind, {samples.descriptor(), result.descriptor(), errors.descriptor(), description.descriptor()});
  if (!writer.wait(stop)) {
    if (stop.stop_requested()) throw ProfileRefused(kStatusUnavailable, "the server is stopping");
    throw ProfileRefused(kStatusUnavailable,
                         "writing the profile took longer than a minute and was given up; try again when the machine "
                         "has more time");
  }
  require_success(writer.collect(), message_of(errors));
  return result.read(kMaxProfileBytes);
}

}  // namespace duel::servers::profiles
