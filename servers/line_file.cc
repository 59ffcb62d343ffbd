#include "servers/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "http/server.h"
#include "servers/log.h"

namespace duel::servers {
namespace {

off_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

}  // namespace

LineFile::LineFile(const std::string& name)
    : name_(name), descriptor_(::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) {
    throw http::StartError("--stats-file " + name + " cannot be written: " + std::strerror(errno) +
                           "; give a file in a folder that is there and writable");
  }
}

LineFile::~LineFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineFile::LineFile(LineFile&& other) noexcept
    : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

bool LineFile::is_empty() const {
  return size_of(descriptor_) == 0;
}

void LineFile::append(std::string_view lines) {
  if (!is_open()) return;
  const off_t before = size_of(descriptor_);
  const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
  if (written == static_cast<ssize_t>(lines.size())) return;
  const char* const why = std::strerror(written < 0 ? errno : ENOSPC);
  const bool cut = written > 0 && ::ftruncate(descriptor_, before) != 0;
  log_failure("--stats-file " + name_ + " cannot be written: " + why +
              (cut ? "; a line was cut" : "; a line was left out") + "; make room on its disk");
}

}  // namespace duel::servers
