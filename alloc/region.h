#pragma once

#include <cstddef>

namespace duel::alloc {

// Anonymous zeroed memory straight from the kernel: page-aligned, no page of it resident before it is touched, and none
// of it seen by the allocator's counters. Huge pages are declined, because one touched byte would cost 2 MiB of RSS.
class Region {
 public:
  // Throws std::system_error if the kernel refuses. 0 bytes are no mapping.
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
