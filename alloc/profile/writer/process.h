#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace duel::alloc::profile::writer {

// For the profile writer: the process that was profiled.

struct Segment {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t file_offset = 0;
};

struct Module {
  uint64_t bias = 0;
  std::string build_id;  // hex; empty if unknown
  std::string path;
  std::vector<Segment> segments;
};

// The facts of alloc/profile/process_text.h, and the facts that the server adds about the profile.
struct Process {
  int pid = 0;
  std::vector<Module> modules;
  std::map<uint32_t, std::string> threads;
  int64_t start_ns = 0;     // of the profile, since 1970-01-01 UTC
  int64_t duration_ns = 0;  // 0 for a snapshot
  uint64_t dropped = 0;     // periods without a sample, see CpuSampler::Counts
};

// Ignores unknown lines, because another version of the server can have written them.
Process read_process(std::string_view text);

// The index of the module that contains the address; modules.size() if there is none.
size_t module_of(const Process& process, uint64_t address);

}  // namespace duel::alloc::profile::writer
