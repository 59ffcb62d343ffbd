#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace duel::alloc::profile::writer {

struct Segment {
  uint64_t start = 0;
  uint64_t end = 0;
  uint64_t file_offset = 0;
};

struct Module {
  uint64_t bias = 0;
  std::string build_id;  // hex; empty if it has none
  std::string path;
  std::vector<Segment> segments;
};

// The process that was sampled, as alloc/profile/process_text.h writes it.
struct Process {
  int pid = 0;
  std::vector<Module> modules;
  std::map<uint32_t, std::string> threads;
  int64_t start_ns = 0;     // of the profile, since 1970
  int64_t duration_ns = 0;  // 0: a moment
  uint64_t dropped = 0;     // periods
};

// Lines that are not understood are passed over: they may come from another version.
Process read_process(std::string_view text);

// Which of the modules has the address; modules.size() if none.
size_t module_of(const Process& process, uint64_t address);

}  // namespace duel::alloc::profile::writer
