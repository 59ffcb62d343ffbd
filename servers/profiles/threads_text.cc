#include "servers/profiles/threads_text.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace duel::servers::profiles {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const char* state_name(char state) {
  switch (state) {
    case 'R':
      return "running";
    case 'S':
      return "sleeping";
    case 'D':
      return "waiting for a device";
    case 'T':
    case 't':
      return "stopped";
    default:
      return "ended";
  }
}

// Makes a row from /proc/PID/task/TID/stat. The second field of `stat`, the name, may contain blanks and parentheses.
std::string line_of(const std::string& thread, const std::string& stat) {
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  std::istringstream fields(stat.substr(close + 1));
  char state = 0;
  fields >> state;
  std::string skipped;
  for (int field = 4; field < 14; ++field) fields >> skipped;
  unsigned long long user = 0;
  unsigned long long system = 0;
  fields >> user >> system;
  const auto ms_per_tick = static_cast<unsigned long long>(1000 / sysconf(_SC_CLK_TCK));
  std::array<char, 128> line;
  std::snprintf(line.data(), line.size(), "%8s  %-15s  %10llu  %10llu  %s\n", thread.c_str(),
                stat.substr(open + 1, close - open - 1).c_str(), user * ms_per_tick, system * ms_per_tick,
                state_name(state));
  return line.data();
}

}  // namespace

std::string threads_text() {
  std::array<char, 128> head;
  std::snprintf(head.data(), head.size(), "%8s  %-15s  %10s  %10s  %s\n", "thread", "name", "user, ms", "system, ms",
                "state");
  std::string text = head.data();
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    text += line_of(task.path().filename().string(), content(task.path() / "stat"));
  }
  return text;
}

std::string command_line() {
  std::string arguments = content("/proc/self/cmdline");
  if (!arguments.empty() && arguments.back() == '\0') arguments.pop_back();
  return arguments;
}

}  // namespace duel::servers::profiles
