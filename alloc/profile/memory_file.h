#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::alloc::profile {

// For samplers and the profile writer: an unnamed file in memory (memfd), closed on exec. Its pages do not count as
// resident memory of the process that writes them. For one thread.
class MemoryFile {
 public:
  // `name` is only shown in /proc. Throws std::system_error.
  explicit MemoryFile(const char* name);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const { return descriptor_; }
  uint64_t size() const;
  // Appends `bytes`. Throws std::system_error, for example if there is no memory.
  void append(std::string_view bytes) const;
  // Reads at most `max_bytes` from the beginning, independent of the file's offset.
  std::string read(size_t max_bytes) const;
  void rewind() const;  // sets the offset to 0, for a process that inherits the descriptor

 private:
  int descriptor_;
};

}  // namespace duel::alloc::profile
