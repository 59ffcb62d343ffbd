#include "alloc/profile/cpu_sampler.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

// From glibc: the start of the first thread's stack. NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" void* __libc_stack_end;

namespace duel::alloc::profile {
namespace {

// The state of the recording. These are atomic numbers, because the signal handler uses them.
std::atomic<int> recording_file{-1};  // -1: none
std::atomic<int> handlers_running{0};
std::atomic<uint64_t> samples_taken{0};
std::atomic<uint64_t> periods_dropped{0};
std::atomic<uint64_t> bytes_taken{0};

#if defined(__x86_64__)

constexpr bool kPresent = true;

std::array<uint64_t, kRegisters> registers_of(const ucontext_t& context) {
  constexpr std::array<int, kRegisters> kPlaces = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                                   REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                                   REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
  std::array<uint64_t, kRegisters> registers;
  for (size_t i = 0; i < kPlaces.size(); ++i) {
    registers[i] = static_cast<uint64_t>(context.uc_mcontext.gregs[kPlaces[i]]);
  }
  return registers;
}

#else

constexpr bool kPresent = false;

std::array<uint64_t, kRegisters> registers_of(const ucontext_t&) {
  return {};
}

#endif

// The size of the stack above `stack_pointer`, at most kMaxStackBytes. The stack of a thread ends at its descriptor,
// pthread_self(). The stack of the first thread ends at __libc_stack_end. If the result is wrong, writev fails with
// EFAULT and does no harm.
uint32_t stack_bytes(uint64_t stack_pointer) {
  uint64_t end = pthread_self();
  const auto first_end = reinterpret_cast<uint64_t>(__libc_stack_end);
  if (end < stack_pointer || (first_end > stack_pointer && first_end < end)) end = first_end;
  if (end < stack_pointer) return 0;
  return static_cast<uint32_t>(std::min<uint64_t>(end - stack_pointer, kMaxStackBytes));
}

bool write_sample(int file, CpuSample& sample) {
  const uint64_t stack = sample.registers[kStackPointer];
  // NOLINTNEXTLINE(performance-no-int-to-ptr): a register is a number
  const iovec parts[] = {{&sample, sizeof sample}, {reinterpret_cast<void*>(stack), sample.stack_bytes}};
  const auto size = static_cast<ssize_t>(sizeof sample + sample.stack_bytes);
  if (bytes_taken.fetch_add(static_cast<uint64_t>(size)) + static_cast<uint64_t>(size) > kMaxCpuBytes) return false;
  const ssize_t written = writev(file, parts, 2);
  if (written == size) return true;
  if (written > 0) bytes_taken.store(kMaxCpuBytes);  // nothing can follow an incomplete record
  return false;
}

void on_period(int /*signal*/, siginfo_t* info, void* context) {
  const int error = errno;
  handlers_running.fetch_add(1);
  if (const int file = recording_file.load(); file >= 0) {
    CpuSample sample{};
    sample.thread = static_cast<uint32_t>(syscall(SYS_gettid));
    sample.periods = 1 + static_cast<uint32_t>(std::max(info->si_overrun, 0));
    sample.registers = registers_of(*static_cast<const ucontext_t*>(context));
    sample.stack_bytes = stack_bytes(sample.registers[kStackPointer]);
    if (write_sample(file, sample)) {
      samples_taken.fetch_add(1);
    } else {
      periods_dropped.fetch_add(sample.periods);
    }
  }
  handlers_running.fetch_sub(1);
  errno = error;
}

// The handler stays installed for the life of the process: a signal that arrives after a recording must not end it.
void install_handler() {
  struct sigaction action = {};
  action.sa_sigaction = on_period;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(SIGPROF, &action, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "sigaction for SIGPROF");
  }
}

// Linux's clock id for the CPU time of a thread, like clock_getcpuclockid(3) for a process.
constexpr clockid_t cpu_clock_of(int thread) {
  constexpr unsigned kScheduledTimeOfThread = 6;
  return static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | kScheduledTimeOfThread);
}

}  // namespace

bool cpu_sampler_present() {
  return kPresent;
}

CpuSampler::CpuSampler(int file) {
  static std::once_flag installed;
  std::call_once(installed, install_handler);
  if (recording_file.load() >= 0) throw std::logic_error("a recording of CPU time is already running");
  samples_taken.store(0);
  periods_dropped.store(0);
  bytes_taken.store(0);
  recording_file.store(file);
  try {
    follow_threads();
  } catch (...) {
    stop();
    throw;
  }
}

CpuSampler::~CpuSampler() {
  stop();
}

void CpuSampler::follow_threads() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  if (error) throw std::system_error(error, "the threads of this process cannot be listed: mount /proc");
  for (const auto& task : tasks) {
    const std::string name = task.path().filename().string();
    int thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread > 0 && !timers_.contains(thread)) add_timer(thread);
  }
}

void CpuSampler::add_timer(int thread) {
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGPROF;
  event._sigev_un._tid = thread;  // glibc has no public name for this field
  timer_t timer = {};
  if (timer_create(cpu_clock_of(thread), &event, &timer) != 0) {
    if (errno == EINVAL || errno == ESRCH) return;  // the thread has ended
    throw std::system_error(errno, std::generic_category(), "timer_create for a thread's CPU time");
  }
  timers_.emplace(thread, timer);
  constexpr timespec kPeriod{.tv_sec = 0, .tv_nsec = kCpuPeriodNs};
  const itimerspec periods{.it_interval = kPeriod, .it_value = kPeriod};
  timer_settime(timer, 0, &periods, nullptr);
}

void CpuSampler::stop() {
  for (const auto& [thread, timer] : timers_) timer_delete(timer);
  timers_.clear();
  recording_file.store(-1);
  while (handlers_running.load() > 0) std::this_thread::yield();
}

CpuSampler::Counts CpuSampler::counts() const {  // NOLINT(readability-convert-member-functions-to-static)
  return {.samples = samples_taken.load(), .dropped = periods_dropped.load()};
}

}  // namespace duel::alloc::profile
