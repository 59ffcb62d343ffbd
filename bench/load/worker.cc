#include "bench/load/worker.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>

#include "bench/load/start_failure.h"

namespace duel::load {
namespace {

constexpr int64_t kStopCheckNs = 100'000'000;

// The part of `total` that falls to thread `index` of `count`.
uint32_t part(uint32_t total, uint32_t index, uint32_t count) {
  return total / count + (index < total % count ? 1 : 0);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

CpuTime cpu_of_thread(int64_t spun_ns) {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return {.user_s = seconds(usage.ru_utime),
          .system_s = seconds(usage.ru_stime),
          .spin_s = static_cast<double>(spun_ns) / 1e9,
          .preemptions = static_cast<uint64_t>(usage.ru_nivcsw)};
}

CpuTime operator-(const CpuTime& a, const CpuTime& b) {
  return {a.user_s - b.user_s, a.system_s - b.system_s, a.spin_s - b.spin_s, a.preemptions - b.preemptions};
}

}  // namespace

CpuTime& CpuTime::operator+=(const CpuTime& other) {
  user_s += other.user_s;
  system_s += other.system_s;
  spin_s += other.spin_s;
  preemptions += other.preemptions;
  return *this;
}

Worker::Worker(const Options& options, const RequestMix& mix, const Address& address, uint32_t index,
               const std::atomic<bool>& stop)
    : options_(options), mix_(mix), address_(address), stop_(stop), plan_(options.plan) {
  plan_.connections = part(options.plan.connections, index, options.threads);
  plan_.share = {options.plan.share.index + options.plan.share.count * index,
                 options.plan.share.count * options.threads};
}

void Worker::run(const std::function<int64_t()>& begin) {
  prctl(PR_SET_TIMERSLACK, 1);  // the default lets the kernel wake a thread 50 us late
  RingTransport transport(address_, plan_.connections);
  Generator generator(plan_, mix_, transport);
  open_connections(generator, transport);
  const int64_t start_ns = begin();
  follow_schedule(generator, transport, start_ns);
  results_ = generator.results();
}

void Worker::open_connections(Generator& generator, RingTransport& transport) const {
  const int64_t deadline_ns = monotonic_ns() + plan_.timeout_ns;
  generator.open();
  while (generator.opening() && !stop_) {
    if (monotonic_ns() >= deadline_ns) {
      throw StartFailure(
          fmt::format("not all of {} connections could be opened within {} ms: use fewer --connections, or "
                      "a longer --timeout",
                      options_.plan.connections, plan_.timeout_ns / 1'000'000));
    }
    transport.turn(monotonic_ns() + kStopCheckNs, 0, generator, deadline_ns);
  }
  if (generator.open_error() != 0) {
    throw StartFailure(
        fmt::format("not all of {} connections could be opened ({}): use fewer --connections, or raise the "
                    "server's limit",
                    options_.plan.connections, std::strerror(generator.open_error())));
  }
}

void Worker::follow_schedule(Generator& generator, RingTransport& transport, int64_t start_ns) {
  const int64_t measured_begin_ns = warmup_ns(plan_.steps);
  const int64_t measured_end_ns = duration_ns(plan_.steps);
  CpuTime begin;
  enum class Phase : uint8_t { kBefore, kMeasured, kAfter } phase = Phase::kBefore;
  while (!generator.finished() && !stop_) {
    const int64_t now_ns = monotonic_ns() - start_ns;
    if (phase == Phase::kBefore && now_ns >= measured_begin_ns) {
      begin = cpu_of_thread(transport.spun_ns());
      phase = Phase::kMeasured;
    }
    if (phase == Phase::kMeasured && now_ns >= measured_end_ns) {
      cpu_ = cpu_of_thread(transport.spun_ns()) - begin;
      phase = Phase::kAfter;
    }
    generator.send_due(now_ns);
    answered_.store(generator.answered(), std::memory_order_relaxed);
    failed_.store(generator.failed(), std::memory_order_relaxed);
    const int64_t next_ns = std::min(generator.next_ns(), now_ns + kStopCheckNs);
    const bool intended = next_ns == generator.next_intended_ns();
    transport.turn(start_ns + next_ns, intended ? options_.spin_ns : 0, generator, start_ns);
  }
  if (phase == Phase::kMeasured) cpu_ = cpu_of_thread(transport.spun_ns()) - begin;
}

}  // namespace duel::load
