#pragma once

#include <array>
#include <cstdint>

// What the sampler of CPU time writes and the writer of profiles reads: records one after the other, each a CpuSample
// and then `stack_bytes` bytes of the stack from its stack pointer upwards, all as this machine has them.
//
// The stack itself, not a list of callers: libraries are built without frame pointers, so a walk along them loses the
// callers of most samples, those of every system call for a start. Tables for unwinding know every frame, but to read
// them takes more time and memory than a signal handler has.
namespace duel::alloc::profile {

inline constexpr uint32_t kRegisters = 17;  // x86-64 as DWARF numbers them: rax rdx rcx rbx rsi rdi rbp rsp r8-r15 rip
inline constexpr uint32_t kStackPointer = 7;
inline constexpr uint32_t kProgramCounter = 16;
inline constexpr uint32_t kMostStackBytes = 64 << 10;  // deeper callers are cut off

struct CpuSample {
  uint32_t thread;       // its id, as the kernel has it
  uint32_t periods;      // that this sample stands for: more than one if a signal came late
  uint32_t stack_bytes;  // that follow
  uint32_t registers_known = kRegisters;
  std::array<uint64_t, kRegisters> registers;
};
static_assert(sizeof(CpuSample) == 16 + 8 * kRegisters, "written as it lies in memory");

}  // namespace duel::alloc::profile
