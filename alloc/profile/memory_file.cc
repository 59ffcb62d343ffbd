#include "alloc/profile/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace duel::alloc::profile {

// O_APPEND, so that concurrent writers do not overwrite each other.
MemoryFile::MemoryFile(const char* name) : descriptor_(memfd_create(name, MFD_CLOEXEC)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  fcntl(descriptor_, F_SETFL, O_APPEND);
}

MemoryFile::~MemoryFile() {
  close(descriptor_);
}

uint64_t MemoryFile::size() const {
  struct stat status = {};
  return fstat(descriptor_, &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

void MemoryFile::append(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::system_error(errno, std::generic_category(), "write to memory");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

std::string MemoryFile::read(size_t max_bytes) const {
  std::string bytes(std::min<uint64_t>(size(), max_bytes), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = pread(descriptor_, bytes.data() + filled, bytes.size() - filled, static_cast<off_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

void MemoryFile::rewind() const {
  lseek(descriptor_, 0, SEEK_SET);
}

}  // namespace duel::alloc::profile
