#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "alloc/profile/cpu_samples.h"
#include "alloc/profile/writer/process.h"
#include "alloc/profile/writer/profile.h"

namespace duel::alloc::profile::writer {

// For the profile writer: finds functions and callers for addresses of another process, with elfutils, in the files
// that the process runs and in their debug files (.gnu_debuglink, /usr/lib/debug/.build-id). A file is used only if its
// build id equals that of the process. For one thread.
class Symbols {
 public:
  // Ignores modules whose file cannot be used. `process` must outlive this object.
  explicit Symbols(const Process& process);
  ~Symbols();
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;

  // The functions at an address, inlined functions first. For an unknown function, one frame that names the module. No
  // frame if there is no module, or if the module is the program and is stripped.
  std::vector<Frame> frames(uint64_t address) const;
  // Whether the names of all functions of the module are known, not only of those that it exports: the file is not
  // stripped, or its debug file exists.
  bool names_functions(size_t module) const;

  // Whether the instruction at this address, or the one before it, is a system call. False if unknown.
  bool at_system_call(uint64_t address) const;

  // The program counter, then the return addresses, the innermost first. Never empty.
  std::vector<uint64_t> unwind(const CpuSample& sample, std::string_view stack);

 private:
  struct Elfutils;

  const Process& process_;
  std::unique_ptr<Elfutils> elfutils_;
};

}  // namespace duel::alloc::profile::writer
