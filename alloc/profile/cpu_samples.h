#pragma once

#include <array>
#include <cstdint>

// For the CPU sampler and the profile writer: the format in which they exchange samples. It is a sequence of records. A
// record is a CpuSample and then `stack_bytes` bytes of the stack, from the stack pointer upwards, in this machine's
// byte order.
//
// Samples contain the stack itself, not a list of callers. Libraries are built without frame pointers, so following
// frame pointers would lose the callers of most samples, such as those in system calls. Unwind tables find every frame,
// but reading them takes more time and memory than a signal handler has.
namespace duel::alloc::profile {

inline constexpr uint32_t kRegisters = 17;  // of x86-64, in DWARF's order: rax rdx rcx rbx rsi rdi rbp rsp r8-r15 rip
inline constexpr uint32_t kStackPointer = 7;
inline constexpr uint32_t kProgramCounter = 16;
inline constexpr uint32_t kMaxStackBytes = 64 << 10;  // callers beyond this are cut off

struct CpuSample {
  uint32_t thread;       // the kernel's thread id
  uint32_t periods;      // periods since the last sample; more than 1 if the signal came late
  uint32_t stack_bytes;  // size of the stack that follows
  uint32_t registers_known = kRegisters;
  std::array<uint64_t, kRegisters> registers;
};
static_assert(sizeof(CpuSample) == 16 + 8 * kRegisters, "written to the file as it is, so it has no padding");

}  // namespace duel::alloc::profile
