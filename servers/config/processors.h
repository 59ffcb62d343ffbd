#pragma once

#include <sched.h>

#include <cstddef>
#include <functional>
#include <string>

namespace duel::servers::config {

// Linux on x86-64 supports 8,192 processors (CONFIG_NR_CPUS of its largest configuration).
inline constexpr unsigned kMaxProcessors = 8192;

struct Processors {
  unsigned count = 1;  // from 1 to kMaxProcessors
  std::string quota;   // the file of the CPU quota that decided the count; empty if the usable processors decided
};

// How many workers can run at the same time: the number of processors that this process may use (taskset, cpusets), or
// its CPU quota, whichever is lower. The quota is the lowest of its cgroup and of all visible ancestors of that group,
// in processors, rounded up: 1.5 processors give 2, and 0.2 give 1. The files are cpu.max of cgroup v2, or
// cpu.cfs_quota_us and cpu.cfs_period_us of v1. Go 1.25 follows a quota too; it never goes below 2, for its garbage
// collector, and does not look at the ancestors.
Processors usable_processors();

// For tests: `root` is a folder that contains /proc and the cgroup file system, and `affinity` is sched_getaffinity(2).
using Affinity = std::function<int(pid_t, size_t, cpu_set_t*)>;
Processors usable_processors(const std::string& root, const Affinity& affinity);

}  // namespace duel::servers::config
