#include "alloc/memory.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

#include "alloc/proc_text.h"

namespace duel::alloc {
namespace {

// Virtual and resident size, in bytes.
std::array<uint64_t, 2> read_statm() {
  std::array<char, 128> buffer;
  const std::string_view statm = read_proc("/proc/self/statm", buffer);
  const char* const end = statm.data() + statm.size();
  std::array<uint64_t, 2> sizes{};
  const char* at = statm.data();
  for (uint64_t& size : sizes) {
    while (at < end && *at == ' ') ++at;
    at = std::from_chars(at, end, size).ptr;
    size *= static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  }
  return sizes;
}

}  // namespace

Memory read_memory() {
  Memory memory;
  std::array<char, 4096> buffer;
  const std::string_view rollup = read_proc("/proc/self/smaps_rollup", buffer);
  memory.rss = proc_bytes(rollup, "\nRss:");
  memory.pss = proc_bytes(rollup, "\nPss:");
  memory.anonymous = proc_bytes(rollup, "\nAnonymous:");
  memory.virtual_size = read_statm()[0];
  return memory;
}

uint64_t read_rss() {
  return read_statm()[1];
}

}  // namespace duel::alloc
