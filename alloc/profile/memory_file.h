#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::alloc::profile {

// An unnamed file in memory (memfd), closed on exec: its pages belong to no process, so they do not count as resident
// memory of the one that fills it. For one thread.
class MemoryFile {
 public:
  // `name` is for /proc only. Throws std::system_error.
  explicit MemoryFile(const char* name);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }
  uint64_t size() const;
  // At the end. Throws std::system_error, as when memory is short.
  void append(std::string_view bytes) const;
  // From the beginning, whatever the file's offset; at most `most` bytes.
  std::string read(size_t most) const;
  void rewind() const;  // the offset, for one who inherits the descriptor

 private:
  int descriptor_;
};

}  // namespace duel::alloc::profile
