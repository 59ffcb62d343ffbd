#pragma once

#include <cstdint>
#include <ctime>
#include <map>

#include "alloc/profile/cpu_samples.h"

// Where the process spends its CPU time: each thread is interrupted whenever it has used up a period of it, by a timer
// of its own, and its registers and stack go to a file. (A timer for the whole process would do before Linux 6.4 what
// it must not: interrupt another thread than the one that runs.)
//
// The handler makes one system call, writev, and nothing else: it takes no lock, allocates nothing and reads no memory
// itself. System calls that it interrupts go on (SA_RESTART) or, as io_uring_enter, end with EINTR.
// Between two recordings nothing is left but a handler that is never called.
namespace duel::alloc::profile {

inline constexpr int64_t kCpuPeriodNs = 10'000'000;            // 100 a second, as Go's profiles
inline constexpr uint64_t kMostCpuBytes = uint64_t{64} << 20;  // of samples: some 16,000, or 160 s of one CPU

// False on other machines than x86-64.
bool cpu_sampler_present();

// A recording, from its construction on. At most one at a time in a process.
class CpuSampler {
 public:
  struct Counts {
    uint64_t samples = 0;  // in the file
    uint64_t dropped = 0;  // periods for which there was no room
  };

  // `file` is open for appending (MemoryFile) and stays so until the end. Throws std::system_error if the kernel gives
  // no timer, std::logic_error if another recording runs.
  explicit CpuSampler(int file);
  ~CpuSampler();
  CpuSampler(const CpuSampler&) = delete;
  CpuSampler& operator=(const CpuSampler&) = delete;

  // Threads that have come since begin to be interrupted. Call it now and then, from any one thread.
  void follow_threads();

  // Ends the recording: when it returns, no handler writes any more.
  void stop();
  Counts counts() const;

 private:
  void add_timer(int thread);

  std::map<int, timer_t> timers_;  // by thread
};

}  // namespace duel::alloc::profile
