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
#include <cstring>
#include <filesystem>
#include <system_error>

#include "servers/profiles/profiler.h"

namespace duel::servers::profiles {
namespace {

constexpr int kInternalError = 500;
constexpr int kPatienceMs = 60'000;
constexpr size_t kMaxProfileBytes = size_t{64} << 20;
constexpr size_t kMaxMessageBytes = 512;

// The name in the build's folder, and the one it is installed by.
std::string writer_path() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* name : {"profile_writer", "duel-profile-writer"}) {
    const std::filesystem::path path = folder / name;
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  throw ProfileRefused(kInternalError, "the program that writes profiles is missing: put duel-profile-writer into " +
                                           folder.string() + ", where this server lies");
}

// What posix_spawn is told, freed at the end.
struct SpawnOrders {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;

  SpawnOrders() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    // The server blocks the signals that it takes as values.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnOrders() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnOrders(const SpawnOrders&) = delete;
  SpawnOrders& operator=(const SpawnOrders&) = delete;
};

// A running writer; killed and collected by the destructor if it still runs.
class Child {
 public:
  Child(const char* kind, const std::array<int, 4>& descriptors) {
    SpawnOrders orders;
    // Moved out of the way first: one of them may have a number that another is to get.
    const int free_ones = *std::max_element(descriptors.begin(), descriptors.end()) + 1;
    for (int i = 0; i < static_cast<int>(descriptors.size()); ++i) {
      posix_spawn_file_actions_adddup2(&orders.files, descriptors[static_cast<size_t>(i)], free_ones + i);
    }
    for (int i = 0; i < static_cast<int>(descriptors.size()); ++i) {
      posix_spawn_file_actions_adddup2(&orders.files, free_ones + i, i);
      posix_spawn_file_actions_addclose(&orders.files, free_ones + i);
    }
    const std::string path = writer_path();
    std::string word = kind;
    std::array<char*, 3> arguments = {const_cast<char*>(path.c_str()), word.data(), nullptr};
    // No MALLOC_CONF or LD_PRELOAD that is meant for the server.
    std::array<char*, 1> environment = {nullptr};
    if (const int error =
            posix_spawn(&pid_, path.c_str(), &orders.files, &orders.attributes, arguments.data(), environment.data());
        error != 0) {
      throw ProfileRefused(kInternalError, path + " cannot be started: " + std::strerror(error));
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

  // False if it took too long or was to be stopped.
  bool wait(const std::stop_token& stop) {
    end_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));  // glibc 2.36 declares it for C alone
    if (end_ < 0) {
      throw ProfileRefused(kInternalError, std::string("the end of what writes the profile cannot be waited for: ") +
                                               std::strerror(errno));
    }
    constexpr int kLookMs = 100;  // how long a stop may go unseen
    pollfd ended = {.fd = end_, .events = POLLIN, .revents = 0};
    for (int waited = 0; waited < kPatienceMs && !stop.stop_requested(); waited += kLookMs) {
      if (poll(&ended, 1, kLookMs) > 0) return true;
    }
    return false;
  }

  bool collect() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_ = -1;
  int end_ = -1;
};

std::string message_of(const alloc::profile::MemoryFile& errors) {
  std::string message = errors.read(kMaxMessageBytes);
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (!message.empty() && message.back() == ' ') message.pop_back();
  return message.empty() ? "it ended without a word" : message;
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
    if (stop.stop_requested()) throw ProfileRefused(kStatusStopping, "the server is stopping");
    throw ProfileRefused(kInternalError, "writing the profile took longer than a minute, and was given up");
  }
  if (!writer.collect()) throw ProfileRefused(kInternalError, "the profile was not written: " + message_of(errors));
  return result.read(kMaxProfileBytes);
}

}  // namespace duel::servers::profiles
