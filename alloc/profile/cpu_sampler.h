#pragma once

#include <cstdint>
#include <ctime>
#include <map>

#include "alloc/profile/cpu_samples.h"

// For programs: samples where the process spends its CPU time. Each thread has a timer that counts its CPU time and
// interrupts it after each period; the signal handler then writes the thread's registers and stack to a file. (One
// timer for the whole process is not enough: before Linux 6.4 it could interrupt a thread other than the running one.)
//
// The handler makes two system calls, gettid and writev. It takes no lock, allocates nothing, and leaves reading the
// stack to the kernel. Interrupted system calls are restarted (SA_RESTART), or fail with EINTR, such as io_uring_enter.
// Between two recordings only the handler remains installed, and nothing calls it.
namespace duel::alloc::profile {

inline constexpr int64_t kCpuPeriodNs = 10'000'000;           // 100 samples per second of CPU time, as in Go
inline constexpr uint64_t kMaxCpuBytes = uint64_t{64} << 20;  // about 16,000 samples, or 160 s of one CPU

// True only on x86-64.
bool cpu_sampler_present();

// A recording. It starts with the construction. A process has at most one at a time.
class CpuSampler {
 public:
  struct Counts {
    uint64_t samples = 0;  // written to the file
    uint64_t dropped = 0;  // periods that were not written, because the file or kMaxCpuBytes was full
  };

  // `file` is open for appending (MemoryFile) and must stay open until stop(). Throws std::system_error if the kernel
  // refuses a timer, std::logic_error if another recording is running.
  explicit CpuSampler(int file);
  ~CpuSampler();
  CpuSampler(const CpuSampler&) = delete;
  CpuSampler& operator=(const CpuSampler&) = delete;

  // Adds timers for threads that have started since the last call. Call it regularly, from one thread at a time.
  void follow_threads();

  // Ends the recording. After it returns, no handler writes to the file.
  void stop();
  Counts counts() const;

 private:
  void add_timer(int thread);

  std::map<int, timer_t> timers_;  // by thread id
};

}  // namespace duel::alloc::profile
