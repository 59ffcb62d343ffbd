#include "servers/config/processors.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include "http/grammar/token.h"

namespace duel::servers::config {
namespace {

// The kernel refuses a mask that is smaller than its own with EINVAL, so the mask grows.
unsigned allowed_processors(const Affinity& affinity) {
  constexpr size_t kMaxMaskProcessors = size_t{1} << 20;
  struct Free {
    void operator()(cpu_set_t* mask) const { CPU_FREE(mask); }
  };
  for (size_t processors = CPU_SETSIZE; processors <= kMaxMaskProcessors; processors *= 2) {
    const std::unique_ptr<cpu_set_t, Free> mask(CPU_ALLOC(processors));
    const size_t size = CPU_ALLOC_SIZE(processors);
    if (mask == nullptr) break;
    CPU_ZERO_S(size, mask.get());
    if (affinity(0, size, mask.get()) == 0) return static_cast<unsigned>(CPU_COUNT_S(size, mask.get()));
    if (errno != EINVAL) break;
  }
  return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

// The cgroup that limits this process: its path as /proc/self/cgroup shows it, such as "/system.slice/duel.service".
struct Group {
  std::string path;
  bool v2 = true;
};

// Whether a comma-separated list names the controller of CPU time.
bool lists_cpu(std::string_view list) {
  bool found = false;
  http::grammar::for_each_member(list, [&](std::string_view member) { found = found || member == "cpu"; });
  return found;
}

// A line is "ID:controllers:path" (cgroups(7)). The controller cpu is in one hierarchy of v1, or else in that of v2.
std::optional<Group> own_group(const std::string& root) {
  std::optional<Group> group;
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t controllers_at = line.find(':') + 1;
    const size_t path_at = controllers_at == 0 ? 0 : line.find(':', controllers_at) + 1;
    if (path_at == 0 || line.size() == path_at || line[path_at] != '/') continue;
    const std::string path = line.substr(path_at);
    if (line.starts_with("0:")) group = Group{path, true};
    if (lists_cpu(std::string_view(line).substr(controllers_at, path_at - 1 - controllers_at)))
      return Group{path, false};
  }
  return group;
}

// Replaces \040 by a space, and so on: the kernel escapes spaces, tabs, newlines and backslashes in mountinfo.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    constexpr size_t kDigits = 3;
    const char* const digits = text.data() + i + 1;
    if (text[i] == '\\' && text.size() - i > kDigits &&
        std::from_chars(digits, digits + kDigits, value, 8).ptr == digits + kDigits) {
      plain += static_cast<char>(value);
      i += kDigits;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

struct Mount {
  std::string group;  // the group that stands at the mount point
  std::string point;
};

// The mounts that show the controller cpu. proc_pid_mountinfo(5) describes the lines:
//   ID parent major:minor ROOT POINT options [optional...] - TYPE source OPTIONS
std::vector<Mount> mounts_of_cpu(const std::string& root, bool v2) {
  std::vector<Mount> mounts;
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t end = line.find(" - ");
    if (end == std::string::npos) continue;
    std::istringstream before(line.substr(0, end));
    std::istringstream after(line.substr(end + 3));
    std::string skipped;
    std::string group;
    std::string point;
    std::string type;
    std::string options;
    before >> skipped >> skipped >> skipped >> group >> point;
    after >> type >> skipped >> options;
    const bool is_wanted = v2 ? type == "cgroup2" : type == "cgroup" && lists_cpu(options);
    if (is_wanted) mounts.push_back({unescaped(group), unescaped(point)});
  }
  return mounts;
}

std::optional<int64_t> read_number(std::istream& from) {
  int64_t number = 0;
  return from >> number ? std::optional(number) : std::nullopt;
}

struct Quota {
  unsigned processors;
  std::string file;
};

// The quota of one group; nothing if it has none.
std::optional<Quota> quota_of(const std::string& folder, bool v2) {
  const std::string path = folder + (v2 ? "/cpu.max" : "/cpu.cfs_quota_us");
  std::ifstream file(path);
  std::ifstream period_file(v2 ? std::string() : folder + "/cpu.cfs_period_us");
  const auto quota_us = read_number(file);  // not a number: "max"
  const auto period_us = read_number(v2 ? file : period_file);
  if (!quota_us || !period_us || *quota_us <= 0 || *period_us <= 0) return std::nullopt;
  const int64_t rounded_up = *quota_us / *period_us + (*quota_us % *period_us != 0 ? 1 : 0);
  return Quota{static_cast<unsigned>(std::min<int64_t>(rounded_up, kMaxProcessors)), path};
}

// The lowest quota of the group and its ancestors up to the mount point.
std::optional<Quota> lowest_quota(const std::string& root) {
  std::optional<Quota> lowest;
  const auto group = own_group(root);
  if (!group) return lowest;
  for (const Mount& mount : mounts_of_cpu(root, group->v2)) {
    const std::string point = root + mount.point;
    const std::string prefix = mount.group == "/" ? "" : mount.group;
    // The kernel shows a group outside of the process's cgroup namespace as "/..".
    if (!group->path.starts_with(prefix) || (group->path + "/").starts_with("/../")) continue;
    std::string below = group->path.substr(prefix.size());
    if (!below.empty() && below.front() != '/') continue;  // another group whose name begins in the same way
    for (;;) {
      if (below == "/") below.clear();
      const auto quota = quota_of(point + below, group->v2);
      if (quota && (!lowest || quota->processors < lowest->processors)) lowest = quota;
      if (below.empty()) break;
      below.resize(below.rfind('/'));
    }
  }
  return lowest;
}

}  // namespace

Processors usable_processors() {
  return usable_processors(
      "", [](pid_t process, size_t size, cpu_set_t* mask) { return sched_getaffinity(process, size, mask); });
}

Processors usable_processors(const std::string& root, const Affinity& affinity) {
  Processors usable{.count = std::clamp(allowed_processors(affinity), 1U, kMaxProcessors), .quota = {}};
  if (const auto quota = lowest_quota(root); quota && quota->processors < usable.count) {
    usable = {.count = quota->processors, .quota = quota->file};
  }
  return usable;
}

}  // namespace duel::servers::config
