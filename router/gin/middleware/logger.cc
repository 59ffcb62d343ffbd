#include "router/gin/middleware/logger.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "http/grammar/printable.h"

namespace duel::gin::middleware {
namespace {

constexpr size_t kBatch = 64;  // maximum number of lines per call of write()

template <class Size, size_t N>
void copy_cut(std::string_view text, std::array<char, N>& to, Size& size) {
  size = static_cast<Size>(std::min(text.size(), N));
  std::copy_n(text.data(), size, to.data());
}

// The target comes from the client. Bytes that are not printable ASCII are escaped, because they could control a
// terminal or break the line.
void append_quoted(fmt::memory_buffer& to, std::string_view text) {
  to.push_back('"');
  http::grammar::write_printable(text, "\"\\", [&](std::string_view piece) { to.append(piece); });
  to.push_back('"');
}

void append_line(fmt::memory_buffer& to, const RequestLog::Entry& entry) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(entry.time);
  fmt::format_to(std::back_inserter(to), "[GIN] {:%Y/%m/%d - %H:%M:%S} | {:3} | {:>11.3f}us | {:>15} | {:<7} ",
                 fmt::localtime(seconds), entry.status, static_cast<double>(entry.latency.count()) / 1000,
                 std::string_view(entry.client.data(), entry.client_size),
                 std::string_view(entry.method.data(), entry.method_size));
  append_quoted(to, {entry.target.data(), entry.target_size});
  to.push_back('\n');
}

void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return;  // there is no other place to report it
    if (written > 0) bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void RequestLog::start(int descriptor, size_t lines) {
  if (started()) return;
  capacity_ = std::max<size_t>(lines, 1);
  ring_ = std::make_unique<Entry[]>(capacity_);
  stopping_ = false;
  thread_ = std::thread([this, descriptor] { run(descriptor); });
  started_.store(true, std::memory_order_release);
}

void RequestLog::stop() {
  if (!started()) return;
  started_.store(false, std::memory_order_release);
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void RequestLog::push(const Entry& entry) {
  bool wake = false;
  {
    const std::scoped_lock lock(mutex_);
    if (count_ == capacity_) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    ring_[(first_ + count_++) % capacity_] = entry;
    wake = waiting_;
  }
  if (wake) filled_.notify_one();
}

void RequestLog::run(int descriptor) {
  fmt::memory_buffer lines;
  std::array<Entry, kBatch> batch;  // NOLINT: only the first `taken` are read
  for (;;) {
    size_t taken = 0;
    {
      std::unique_lock lock(mutex_);
      waiting_ = true;
      filled_.wait(lock, [&] { return count_ > 0 || stopping_; });
      waiting_ = false;
      if (count_ == 0) return;
      for (; taken < kBatch && count_ > 0; ++taken, --count_) {
        batch[taken] = ring_[first_];
        first_ = (first_ + 1) % capacity_;
      }
    }
    lines.clear();
    for (size_t i = 0; i < taken; ++i) append_line(lines, batch[i]);
    write_all(descriptor, {lines.data(), lines.size()});
  }
}

void internal::log_request(Context& c, RequestLog& log) {
  if (!log.started()) return;  // the rest of the chain runs after the return
  const auto begin = std::chrono::steady_clock::now();
  c.next();
  RequestLog::Entry entry;
  entry.time = std::chrono::system_clock::now();
  entry.latency = std::chrono::steady_clock::now() - begin;
  entry.status = c.status();
  copy_cut(c.method(), entry.method, entry.method_size);
  copy_cut(c.client_ip(), entry.client, entry.client_size);
  copy_cut(c.request().target, entry.target, entry.target_size);
  log.push(entry);
}

}  // namespace duel::gin::middleware
