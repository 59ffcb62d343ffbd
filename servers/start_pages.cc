#include "servers/start_pages.h"

#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace duel::servers {
namespace {

constexpr uint64_t kFilePage = uint64_t{1} << 61;  // in an entry of /proc/PID/pagemap (proc_pid_pagemap(5))

// `entries` tell about the pages from `first` on.
void give_file_pages_back(uintptr_t first, std::span<const uint64_t> entries, size_t page_bytes) {
  const auto is_of_file = [](uint64_t entry) { return (entry & kFilePage) != 0; };
  for (auto at = entries.begin(); at != entries.end();) {
    const auto run = std::find_if(at, entries.end(), is_of_file);
    at = std::find_if_not(run, entries.end(), is_of_file);
    const uintptr_t begin = first + static_cast<size_t>(run - entries.begin()) * page_bytes;
    // Not madvise(2) of the C library: alloc/kernel_calls.h counts its calls as purges of the allocator. A failure is
    // harmless: the pages stay.
    if (run != at) syscall(SYS_madvise, begin, static_cast<size_t>(at - run) * page_bytes, MADV_DONTNEED);
  }
}

void give_segment_back(uintptr_t begin, uintptr_t end, int pagemap) {
  const auto page_bytes = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::array<uint64_t, 512> entries;
  begin -= begin % page_bytes;
  while (begin < end) {
    const size_t pages = std::min(entries.size(), (end - begin + page_bytes - 1) / page_bytes);
    const auto offset = static_cast<off_t>(begin / page_bytes * sizeof(uint64_t));
    const ssize_t got = pread(pagemap, entries.data(), pages * sizeof(uint64_t), offset);
    if (got < static_cast<ssize_t>(sizeof(uint64_t))) return;
    const size_t known = static_cast<size_t>(got) / sizeof(uint64_t);
    give_file_pages_back(begin, std::span(entries).first(known), page_bytes);
    begin += known * page_bytes;
  }
}

// Writable segments are left out, also the part that is read-only after relocation (RELRO).
int give_object_back(dl_phdr_info* info, size_t, void* pagemap) {
  for (const ElfW(Phdr) & segment : std::span(info->dlpi_phdr, info->dlpi_phnum)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const uintptr_t begin = info->dlpi_addr + segment.p_vaddr;
    give_segment_back(begin, begin + segment.p_memsz, *static_cast<const int*>(pagemap));
  }
  return 1;  // the first object is the program; shared libraries would follow
}

}  // namespace

void give_start_pages_back() {
  int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (pagemap < 0) return;
  dl_iterate_phdr(give_object_back, &pagemap);
  close(pagemap);
}

}  // namespace duel::servers
