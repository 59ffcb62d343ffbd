#include "servers/metrics/sampler.h"

#include <algorithm>
#include <utility>

namespace duel::servers::metrics {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

int64_t unix_ms() {
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Sampler::Sampler(http::Server& server) : server_(server), last_calls_(alloc::read_all_kernel_calls()) {
  history_.reserve(kHistory);
  at_reset_.workers.resize(server.worker_count());
}

void Sampler::tick() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const http::Counters counters = server_.counters();
  const alloc::ThreadKernelCalls calls = alloc::read_all_kernel_calls();
  const alloc::CallTimes& purges = calls.of(alloc::KernelCall::kPurge);
  const alloc::CallTimes& last_purges = last_calls_.of(alloc::KernelCall::kPurge);
  take_stall();
  const Sample sample{.unix_ms = unix_ms(),
                      .took_ms = static_cast<uint32_t>(duration_cast<milliseconds>(now - last_tick_).count()),
                      .connections = server_.open_connections(),
                      .requests = counters.requests - last_.requests,
                      .allocations = counters.allocations - last_.allocations,
                      .allocated_bytes = counters.allocated_bytes - last_.allocated_bytes,
                      .rss_bytes = alloc::read_rss(),
                      .purges = purges.calls - last_purges.calls,
                      .purge_ns = purges.total_ns - last_purges.total_ns,
                      .longest_stall_ns = std::exchange(stall_since_tick_ns_, 0)};
  if (history_.size() < kHistory) {
    history_.push_back(sample);
  } else {
    history_[next_] = sample;
    next_ = (next_ + 1) % kHistory;
  }
  last_tick_ = now;
  last_ = counters;
  last_calls_ = calls;
  if (ticks_++ % kMemoryEvery == 0) measure_memory();
}

void Sampler::take_stall() {
  const uint64_t longest = server_.take_longest_turn_ns();
  stall_since_tick_ns_ = std::max(stall_since_tick_ns_, longest);
  stall_since_reset_ns_ = std::max(stall_since_reset_ns_, longest);
}

void Sampler::measure_memory() {
  const alloc::Memory memory = alloc::read_memory();
  const double at_s = seconds(std::chrono::steady_clock::now() - start_);
  rss_.add(at_s, static_cast<double>(memory.rss));
  virtual_size_.add(at_s, static_cast<double>(memory.virtual_size));
}

Snapshot Sampler::since_start() const {
  return read_snapshot(server_);
}

Snapshot Sampler::since_reset() const {
  const std::lock_guard lock(mutex_);  // not between a reading and a reset after it
  return since(read_snapshot(server_), at_reset_);
}

uint64_t Sampler::longest_stall_ns() {
  const std::lock_guard lock(mutex_);
  take_stall();
  return stall_since_reset_ns_;
}

void Sampler::reset() {
  const std::lock_guard lock(mutex_);
  take_stall();
  stall_since_reset_ns_ = 0;
  at_reset_ = read_snapshot(server_);
}

std::vector<Sample> Sampler::history() const {
  const std::lock_guard lock(mutex_);
  std::vector<Sample> ordered(history_);
  std::rotate(ordered.begin(), ordered.begin() + static_cast<std::ptrdiff_t>(next_), ordered.end());
  return ordered;
}

MemoryTrend Sampler::memory() const {
  const alloc::Memory now = alloc::read_memory();
  const std::lock_guard lock(mutex_);
  return {.now = now, .rss_bytes_per_s = rss_.per_second(), .virtual_bytes_per_s = virtual_size_.per_second()};
}

milliseconds Sampler::uptime() const {
  return duration_cast<milliseconds>(std::chrono::steady_clock::now() - start_);
}

}  // namespace duel::servers::metrics
