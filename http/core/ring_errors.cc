#include "http/core/ring_errors.h"

#include <sys/prctl.h>
#include <sys/utsname.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

namespace duel::http::core {
namespace {

// The sysctl exists since Linux 6.6.
int sysctl_io_uring_disabled() {
  int value = 0;
  std::ifstream("/proc/sys/kernel/io_uring_disabled") >> value;
  return value;
}

// Fails only if a filter forbids even this question.
bool has_seccomp_filter() {
  return ::prctl(PR_GET_SECCOMP) != 0;
}

struct Kernel {
  std::string name;  // such as "Linux 6.1.0"
  bool has_io_uring = true;
};

Kernel this_kernel() {
  utsname names{};
  unsigned major = 0;
  unsigned minor = 0;
  if (::uname(&names) != 0 || std::sscanf(names.release, "%u.%u", &major, &minor) != 2) return {.name = "Linux"};
  return {.name = std::string("Linux ") + names.release, .has_io_uring = major > 5 || (major == 5 && minor >= 1)};
}

constexpr const char* kAllow =
    ": allow io_uring_setup, io_uring_enter and io_uring_register, for example with docker run --security-opt "
    "seccomp=docker/seccomp.json";

StartError explain_prohibition() {
  switch (sysctl_io_uring_disabled()) {
    case 0:
      break;
    case 1:
      return StartError(
          "io_uring is disabled by kernel.io_uring_disabled=1: set it to 0 on the host (sysctl -w "
          "kernel.io_uring_disabled=0), or run the program in the group of kernel.io_uring_group");
    default:
      return StartError(
          "io_uring is disabled for every program by kernel.io_uring_disabled=2: set it to 0 on the host (sysctl -w "
          "kernel.io_uring_disabled=0)");
  }
  if (has_seccomp_filter()) {
    return StartError(std::string("a seccomp profile forbids io_uring, as the default profile of containers does") +
                      kAllow);
  }
  return StartError(
      "a security module of the kernel, such as SELinux or AppArmor, forbids io_uring: allow it for this program");
}

StartError explain_absence() {
  const Kernel kernel = this_kernel();
  if (!kernel.has_io_uring) return StartError(kernel.name + " has no io_uring: Linux 6.1 or later is needed");
  if (has_seccomp_filter())
    return StartError("a seccomp profile hides io_uring, which " + kernel.name + " has" + kAllow);
  return StartError("this kernel (" + kernel.name + ") was built without io_uring: use one with CONFIG_IO_URING");
}

}  // namespace

StartError explain_ring_error(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return explain_prohibition();
    case ENOSYS:
      return explain_absence();
    case EINVAL:
      return StartError("the io_uring of " + this_kernel().name +
                        " is too old (no DEFER_TASKRUN, or no ring of buffers): Linux 6.1 or later is needed");
    case ENOMEM:
      return StartError(
          "not enough lockable memory for io_uring: raise the limit (ulimit -l, LimitMEMLOCK= of systemd, or "
          "docker run --ulimit memlock=67108864) or use fewer threads",
          StartOption::kThreads);
    case EMFILE:
    case ENFILE:
      return StartError("no descriptor is left for an io_uring: raise the limit of open files (ulimit -n)");
    default:
      return StartError(std::string("io_uring cannot be set up: ") + std::strerror(error));
  }
}

}  // namespace duel::http::core
