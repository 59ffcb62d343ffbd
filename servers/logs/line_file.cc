#include "servers/logs/line_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "http/start_error.h"
#include "servers/logs/log.h"

namespace duel::servers::logs {
namespace {

constexpr mode_t kForAll = 0666;

off_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

struct Trouble {
  std::string cause;
  const char* cure;
};

Trouble trouble_of(int error) {
  switch (error) {
    case EAGAIN:
      return {"its reader takes nothing", ""};
    case EPIPE:
      return {"its reader has gone", "; start that again"};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {std::strerror(error), "; make room on its disk"};
    default:
      return {std::strerror(error), ""};
  }
}

}  // namespace

int open_for_lines(const std::string& what, const std::string& file, mode_t mode) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int descriptor = ::open(file.c_str(), flags, mode);
  if (descriptor >= 0) return descriptor;
  const std::string which = what + " " + file + " cannot be written: ";
  if (errno == ENXIO)
    throw http::StartError(which + "it is a socket, or a pipe that nobody reads; start its reader first");
  throw http::StartError(which + std::strerror(errno) + "; give a file in a folder that is there and writable");
}

void log_lines_left_out(const std::string& what, uint64_t lines, int error) {
  const Trouble trouble = trouble_of(error);
  const std::string count = lines == 1 ? "a line was" : std::to_string(lines) + " lines were";
  log_failure(what + " cannot be written: " + trouble.cause + "; " + count + " left out" + trouble.cure);
}

LineFile::LineFile(const std::string& name) : name_(name), descriptor_(open_for_lines("--stats-file", name, kForAll)) {}

LineFile::~LineFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineFile::LineFile(LineFile&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      cut_(other.cut_),
      written_(other.written_) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(cut_, other.cut_);
  std::swap(written_, other.written_);
  return *this;
}

bool LineFile::is_empty() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return true;
  return S_ISREG(status.st_mode) ? status.st_size == 0 : !written_;
}

void LineFile::append(std::string_view lines) {
  if (!is_open()) return;
  const off_t before = size_of(descriptor_);
  const std::string text = (cut_ ? "\n" : "") + std::string(lines);
  const ssize_t written = ::write(descriptor_, text.data(), text.size());
  int error = errno;
  if (written >= 0) {  // a disk can be asked to take it back
    const bool whole = written == static_cast<ssize_t>(text.size());
    cut_ = !whole && ::ftruncate(descriptor_, before) != 0;
    written_ |= whole;
    if (whole) return;
    error = cut_ ? EAGAIN : ENOSPC;
  }
  log_lines_left_out("--stats-file " + name_, 1, error);
}

}  // namespace duel::servers::logs
