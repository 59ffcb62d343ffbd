#include "servers/start_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace duel::servers {
namespace {

// Not madvise(2) of the C library: alloc/kernel_calls.h counts its calls as purges of the allocator. A failure is
// harmless: the pages stay.
void give_back(uintptr_t first, size_t size) {
  syscall(SYS_madvise, first, size, MADV_DONTNEED);
}

}  // namespace

void give_start_pages_back() {
  // Writable segments are left out, also the part that is read-only after relocation (RELRO): their pages differ from
  // the file.
  const auto visit = [](dl_phdr_info* info, size_t, void*) {
    const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    for (const ElfW(Phdr)* segment = info->dlpi_phdr; segment != info->dlpi_phdr + info->dlpi_phnum; ++segment) {
      if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) continue;
      const uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
      const uintptr_t first = begin & ~(page - 1);
      give_back(first, begin + segment->p_memsz - first);
    }
    return 1;  // the first object is the program; shared libraries follow
  };
  dl_iterate_phdr(visit, nullptr);
}

}  // namespace duel::servers
