#pragma once

#include <cstddef>

namespace duel::alloc {

// For pools and buffers: zeroed memory from the kernel, aligned to pages. A page becomes resident when it is touched.
// The allocator's counters do not include this memory. Huge pages are switched off, because the first touched byte of
// one would make 2 MiB resident.
class Region {
 public:
  // Throws std::system_error if the kernel refuses. A size of 0 maps nothing; data() is then null.
  explicit Region(size_t size_bytes);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  char* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  size_t size_;
};

}  // namespace duel::alloc
