#include "servers/metrics/sampler.h"

#include <algorithm>
#include <utility>

#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::array<uint64_t, kHistoryColumns> history_values(const Snapshot& now) {
  std::array<uint64_t, kHistoryColumns> values{};
  size_t column = 0;
  for (const Metric& metric : metrics_table()) {
    if (metric.is_on(kHistory)) values.at(column++) = std::get<uint64_t>(value_of(metric, now));
  }
  return values;
}

}  // namespace

int64_t unix_ms() {
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Sampler::Sampler(http::Server& server, const logs::AccessLog* access_log) : server_(server), access_log_(access_log) {
  history_.reserve(kMaxSamples);
  at_last_tick_.kernel_calls = alloc::read_kernel_calls();
}

void Sampler::tick() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  take_stall();
  // Only the numbers of the history. Those are quick to read.
  Snapshot snapshot;
  snapshot.workers = {server_.counters()};
  snapshot.kernel_calls = alloc::read_kernel_calls();
  snapshot.connections_open = server_.open_connections();
  snapshot.longest_stall_ns = std::exchange(stall_since_tick_ns_, 0);
  snapshot.memory.now.rss = alloc::read_rss();
  const Sample sample{.timestamp_ms = unix_ms(),
                      .took_ms = static_cast<uint32_t>(duration_cast<milliseconds>(now - last_tick_).count()),
                      .values = history_values(since(snapshot, at_last_tick_))};
  if (history_.size() < kMaxSamples) {
    history_.push_back(sample);
  } else {
    history_[next_] = sample;
    next_ = (next_ + 1) % kMaxSamples;
  }
  last_tick_ = now;
  at_last_tick_ = std::move(snapshot);
  if (ticks_++ % kMemoryEvery == 0) measure_growth();
}

void Sampler::take_stall() {
  const uint64_t longest = server_.take_longest_turn_ns();
  stall_since_tick_ns_ = std::max(stall_since_tick_ns_, longest);
  stall_since_reset_ns_ = std::max(stall_since_reset_ns_, longest);
}

void Sampler::measure_growth() {
  const alloc::Memory memory = alloc::read_memory();
  const double at_s = seconds(std::chrono::steady_clock::now() - start_);
  rss_.add(at_s, static_cast<double>(memory.rss));
  virtual_size_.add(at_s, static_cast<double>(memory.virtual_size));
}

Snapshot Sampler::read() {
  take_stall();
  Snapshot now;
  for (size_t i = 0; i < server_.worker_count(); ++i) now.workers.push_back(server_.counters_of(i));
  now.process = alloc::read_snapshot();
  now.kernel_calls = alloc::read_kernel_calls();
  now.pools = alloc::read_pools();
  now.access_log_dropped = access_log_ == nullptr ? 0 : access_log_->dropped();
  now.uptime_ms = static_cast<uint64_t>(duration_cast<milliseconds>(std::chrono::steady_clock::now() - start_).count());
  now.connections_open = server_.open_connections();
  now.longest_stall_ns = stall_since_reset_ns_;
  now.memory = {.now = alloc::read_memory(),
                .rss_bytes_per_s = rss_.per_second(),
                .virtual_bytes_per_s = virtual_size_.per_second()};
  return now;
}

Snapshot Sampler::since_start() {
  const std::lock_guard lock(mutex_);
  return read();
}

Snapshot Sampler::since_reset() {
  const std::lock_guard lock(mutex_);
  return since(read(), at_reset_);
}

void Sampler::reset() {
  const std::lock_guard lock(mutex_);
  at_reset_ = read();
  stall_since_reset_ns_ = 0;
}

std::vector<Sample> Sampler::history() const {
  const std::lock_guard lock(mutex_);
  std::vector<Sample> ordered(history_);
  std::rotate(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(next_), ordered.end());
  return ordered;
}

}  // namespace duel::servers::metrics
