#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <span>
#include <string_view>

// For alloc/ only: reads files of /proc without allocating.
namespace duel::alloc {

// Reads the beginning of a file, as much as fits into `buffer`. Empty if the file cannot be read.
inline std::string_view read_proc(const char* path, std::span<char> buffer) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  const ssize_t size = ::read(file, buffer.data(), buffer.size());
  close(file);
  return {buffer.data(), size > 0 ? static_cast<size_t>(size) : 0};
}

// "VmRSS:\t    1234 kB" -> 1234 * 1024; Returns 0 if there is no such line.
inline uint64_t proc_bytes(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  if (at == std::string_view::npos) return 0;
  const size_t digits = text.find_first_of("0123456789", at + key.size());
  if (digits == std::string_view::npos) return 0;
  uint64_t kib = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), kib);
  return kib * 1024;
}

}  // namespace duel::alloc
