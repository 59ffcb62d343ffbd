#include "servers/logs/access_log.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <utility>

#include "http/start_error.h"
#include "servers/logs/line_file.h"

namespace duel::servers::logs {
namespace {

// How long the thread waits for more lines after the first, so that one wake-up and one write serve thousands of
// requests.
constexpr std::chrono::milliseconds kGather{10};

constexpr int kPollMs = 100;  // the longest delay before a change of patience_ms_ is seen
constexpr int kHurryMs = 1'000;
constexpr int kForEver = -1;

int open_log(const std::string& file) {
  constexpr mode_t kMode = 0640;
  if (!file.empty()) return open_for_lines("the access log " + file, file, kMode);
  constexpr int kFirstFreeDescriptor = 3;  // after standard input, output and error
  const int descriptor = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kFirstFreeDescriptor);
  if (descriptor >= 0) return descriptor;
  throw http::StartError(std::string("the access log cannot go to standard output: ") + std::strerror(errno) +
                         "; give --access-logs-file=FILE, or raise the limit of open files (ulimit -n)");
}

bool has_reader(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  return S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || ::isatty(descriptor) == 1;
}

// Returns the beginning of `lines` that a pipe with any room accepts without waiting: at most PIPE_BUF bytes, and whole
// lines if possible.
std::string_view first_piece(std::string_view lines) {
  const size_t end = lines.substr(0, PIPE_BUF).rfind('\n');
  return lines.substr(0, end == std::string_view::npos ? PIPE_BUF : end + 1);
}

}  // namespace

AccessLog::AccessLog(config::AccessLogOptions options) : options_(std::move(options)), patience_ms_(kForEver) {
  if (!options_.on) return;
  descriptor_ = open_log(options_.file);
  has_reader_ = has_reader(descriptor_);
  if (!options_.async) return;
  queue_.reserve(options_.queue_bytes);
  thread_ = std::thread([this] { run(); });
}

AccessLog::~AccessLog() {
  finish();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AccessLog::hurry() {
  int patience = kForEver;
  patience_ms_.compare_exchange_strong(patience, kHurryMs);
}

void AccessLog::give_up() {
  patience_ms_.store(0);
}

void AccessLog::finish() {
  hurry();
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void AccessLog::write(std::string_view line) {
  if (!options_.async) return write_out(line);
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() + line.size() > options_.queue_bytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const size_t before = queue_.size();
    queue_.append(line);
    // Wake the thread for the first line, and again when the queue is half full.
    const size_t half = options_.queue_bytes / 2;
    wake = gathering_ ? before < half && queue_.size() >= half : before == 0;
  }
  if (wake) filled_.notify_one();
}

void AccessLog::run() {
  std::string lines;
  lines.reserve(options_.queue_bytes);
  std::unique_lock lock(mutex_);
  for (;;) {
    filled_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    gathering_ = true;
    filled_.wait_for(lock, kGather, [&] { return stopping_ || queue_.size() >= options_.queue_bytes / 2; });
    gathering_ = false;
    if (queue_.empty()) return;
    lines.clear();
    lines.swap(queue_);
    lock.unlock();
    write_out(lines);
    lock.lock();
  }
}

void AccessLog::write_out(std::string_view lines) {
  std::unique_lock alone(pipe_mutex_, std::defer_lock);
  if (has_reader_) alone.lock();
  std::string_view rest = lines;
  if (!cut_ || put("\n").empty()) {
    cut_ = false;
    rest = put(lines);
  }
  if (rest.empty()) return;
  const int error = errno;
  if (rest.size() < lines.size() && *(rest.data() - 1) != '\n') cut_ = true;
  const auto lost = static_cast<uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
  dropped_.fetch_add(lost, std::memory_order_relaxed);
  log_lines_left_out(options_.file.empty() ? "the access log" : "the access log " + options_.file, lost, error);
}

// Returns the bytes that could not be written; errno tells why.
std::string_view AccessLog::put(std::string_view bytes) {
  while (!bytes.empty()) {
    if (has_reader_ && !wait_for_room()) {
      errno = EAGAIN;
      break;
    }
    const std::string_view piece = has_reader_ ? first_piece(bytes) : bytes;
    const ssize_t written = ::write(descriptor_, piece.data(), piece.size());
    if (written < 0 && errno != EINTR && (!has_reader_ || errno != EAGAIN)) break;
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
  }
  return bytes;
}

// Returns false if the reader has been given up.
bool AccessLog::wait_for_room() {
  for (int waited = 0;; waited += kPollMs) {
    const int patience = patience_ms_.load();
    pollfd room{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    if (::poll(&room, 1, patience == 0 ? 0 : kPollMs) > 0) return true;
    if (patience == kForEver || waited + kPollMs < patience) continue;
    give_up();  // so that the next lines do not wait either
    return false;
  }
}

}  // namespace duel::servers::logs
