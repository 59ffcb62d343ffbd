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

constexpr mode_t kMode = 0666;  // less the umask

off_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 ? status.st_size : 0;
}

struct Failure {
  std::string cause;
  const char* cure;
};

Failure failure_of(int error) {
  switch (error) {
    case EAGAIN:
      return {"its reader is too slow", ""};
    case EPIPE:
      return {"its reader has closed it", "; start the reader again"};
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {std::strerror(error), "; make room on its disk"};
    default:
      return {std::strerror(error), ""};
  }
}

}  // namespace

int open_for_lines(const std::string& title, const std::string& path, mode_t mode) {
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int descriptor = ::open(path.c_str(), flags, mode);
  if (descriptor >= 0) return descriptor;
  const std::string failure = title + " cannot be written: ";
  if (errno == ENXIO) {  // of a pipe or a socket, because of O_NONBLOCK
    throw http::StartError(failure + "it is a pipe without a reader, or a socket; start its reader first");
  }
  throw http::StartError(failure + std::strerror(errno) + "; name a file in an existing, writable directory");
}

void log_lines_left_out(const std::string& title, uint64_t lines, int error) {
  const Failure failure = failure_of(error);
  const std::string count = lines == 1 ? "a line was" : std::to_string(lines) + " lines were";
  log_failure(title + " cannot be written: " + failure.cause + "; " + count + " left out" + failure.cure);
}

LineFile::LineFile(const std::string& label, const std::string& path)
    : title_(label + " " + path), descriptor_(open_for_lines(title_, path, kMode)) {}

LineFile::~LineFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineFile::LineFile(LineFile&& other) noexcept
    : title_(std::move(other.title_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      cut_(other.cut_),
      written_(other.written_) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(title_, other.title_);
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
  if (written >= 0) {  // a part was written; a file can be cut back to its length before
    const bool whole = written == static_cast<ssize_t>(text.size());
    cut_ = !whole && ::ftruncate(descriptor_, before) != 0;
    written_ |= whole;
    if (whole) return;
    error = cut_ ? EAGAIN : ENOSPC;
  }
  log_lines_left_out(title_, 1, error);
}

}  // namespace duel::servers::logs
