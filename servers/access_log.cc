#include "servers/access_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "http/server.h"

namespace duel::servers {
namespace {

// How long the thread waits for more lines behind the first: one wake-up and one write for thousands of requests.
constexpr std::chrono::milliseconds kGather{10};

int open_log(const std::string& file) {
  if (file.empty()) return ::dup(STDOUT_FILENO);
  constexpr mode_t kMode = 0640;
  // O_NONBLOCK: opening a pipe would wait for its reader.
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, kMode);
  if (descriptor < 0) {
    throw http::StartError("the access log " + file + " cannot be written: " + std::strerror(errno) +
                           "; give a file in a folder that is there and writable");
  }
  ::fcntl(descriptor, F_SETFL, O_APPEND);
  return descriptor;
}

}  // namespace

AccessLog::AccessLog(AccessLogOptions options) : options_(std::move(options)) {
  if (!options_.on) return;
  descriptor_ = open_log(options_.file);
  if (!options_.async) return;
  queue_.reserve(options_.queue_bytes);
  thread_ = std::thread([this] { run(); });
}

AccessLog::~AccessLog() {
  if (thread_.joinable()) {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    filled_.notify_one();
    thread_.join();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
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
    // Once for the first line, and once when gathering should end.
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
  while (!lines.empty()) {
    const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
    if (written < 0 && errno != EINTR) break;  // a full disk, a pipe without a reader
    if (written > 0) lines.remove_prefix(static_cast<size_t>(written));
  }
  const auto lost = static_cast<uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  if (lost > 0) dropped_.fetch_add(lost, std::memory_order_relaxed);
}

}  // namespace duel::servers
