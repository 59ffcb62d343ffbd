#include "alloc/profile/writer/process.h"

#include <charconv>

namespace duel::alloc::profile::writer {
namespace {

// Removes the next word and the space after it from `line`.
std::string_view take_word(std::string_view& line) {
  const size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

template <class Integer>
bool take_number(std::string_view& line, Integer& value, int base = 10) {
  const std::string_view word = take_word(line);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  return error == std::errc() && end == word.data() + word.size() && !word.empty();
}

void read_line(std::string_view line, Process& process) {
  const std::string_view fact = take_word(line);
  if (fact == "pid") {
    take_number(line, process.pid);
  } else if (fact == "start_ns") {
    take_number(line, process.start_ns);
  } else if (fact == "duration_ns") {
    take_number(line, process.duration_ns);
  } else if (fact == "dropped") {
    take_number(line, process.dropped);
  } else if (fact == "module") {
    Module module;
    if (!take_number(line, module.bias, 16)) return;
    const std::string_view id = take_word(line);
    if (id != "-") module.build_id = id;
    module.path = line;
    process.modules.push_back(std::move(module));
  } else if (fact == "segment" && !process.modules.empty()) {
    Segment segment;
    if (take_number(line, segment.start, 16) && take_number(line, segment.end, 16) &&
        take_number(line, segment.file_offset, 16) && segment.start < segment.end) {
      process.modules.back().segments.push_back(segment);
    }
  } else if (fact == "thread") {
    uint32_t thread = 0;
    if (take_number(line, thread)) process.threads[thread] = line;
  }
}

}  // namespace

Process read_process(std::string_view text) {
  Process process;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    read_line(text.substr(0, end), process);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return process;
}

size_t module_of(const Process& process, uint64_t address) {
  for (size_t i = 0; i < process.modules.size(); ++i) {
    for (const Segment& segment : process.modules[i].segments) {
      if (segment.start <= address && address < segment.end) return i;
    }
  }
  return process.modules.size();
}

}  // namespace duel::alloc::profile::writer
