#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "alloc/profile/cpu_samples.h"
#include "alloc/profile/writer/process.h"
#include "alloc/profile/writer/profile.h"

namespace duel::alloc::profile::writer {

// Names and callers for addresses of another process, from the files that it runs: elfutils reads them. A file counts
// only if its build id is that of the process. Debug files beside it (.gnu_debuglink, /usr/lib/debug/.build-id) count,
// too. For one thread.
class Symbols {
 public:
  // Modules without a file are left out. `process` outlives this.
  explicit Symbols(const Process& process);
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  // The functions at an address, inlined ones first. Where nothing is known of it, one frame that names the module;
  // none if there is no module, or it is the program and stripped.
  std::vector<Frame> frames(uint64_t address) const;
  // Whether the module's file names its own functions, not only those it offers to others: it is not stripped, or its
  // debug file is there.
  bool names_functions(size_t module) const;

  // Whether a thread at this address is in a system call: its instruction is there, or right before. False if unknown.
  bool at_system_call(uint64_t address) const;

  // The program counter and then the return addresses, from the innermost; at least one.
  std::vector<uint64_t> unwind(const CpuSample& sample, std::string_view stack);

 private:
  struct Elfutils;

  const Process& process_;
  std::unique_ptr<Elfutils> elfutils_;
};

}  // namespace duel::alloc::profile::writer
