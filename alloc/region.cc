#include "alloc/region.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace duel::alloc {

Region::Region(size_t size_bytes) : size_(size_bytes) {
  if (size_ == 0) return;
  void* mapped = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap of a pool's memory");
  data_ = static_cast<char*>(mapped);
  madvise(mapped, size_, MADV_NOHUGEPAGE);  // fails on kernels without huge pages, which is harmless
}

Region::~Region() {
  if (data_ != nullptr) munmap(data_, size_);
}

}  // namespace duel::alloc
