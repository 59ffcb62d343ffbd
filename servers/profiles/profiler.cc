#include "servers/profiles/profiler.h"

#include <condition_variable>
#include <mutex>

#include "alloc/counters.h"
#include "alloc/profile/cpu_sampler.h"
#include "alloc/profile/heap_sampler.h"
#include "alloc/profile/memory_file.h"
#include "alloc/profile/process_text.h"
#include "http/start_error.h"
#include "servers/profiles/profile_writer.h"

namespace duel::servers::profiles {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr const char* kHeapCure =
    "heap profiles need the allocator jemalloc with its sampler, and /proc: use a build without sanitizers, no "
    "LD_PRELOAD and no prof:false in MALLOC_CONF, and mount /proc";

int64_t now_ns() {
  return duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

alloc::profile::MemoryFile& fill(alloc::profile::MemoryFile& samples) {
  if (!alloc::available()) throw ProfileRefused(kStatusNotImplemented, kHeapCure);
  if (alloc::profile::heap_sample_bytes() == 0) {
    throw ProfileRefused(kStatusNotImplemented, "the heap is not sampled: start the server with --heap-profile=on");
  }
  if (!alloc::profile::write_heap_samples(samples.descriptor())) {
    throw ProfileRefused(kStatusUnavailable,
                         "jemalloc could not write its samples: provide more memory, raise the limit of open files "
                         "(ulimit -n), and mount /proc");
  }
  return samples;
}

std::string times(int64_t start_ns, int64_t duration_ns) {
  return "start_ns " + std::to_string(start_ns) + "\nduration_ns " + std::to_string(duration_ns) + "\n";
}

// Sleeps for `time`. Throws ProfileRefused as soon as a stop is requested.
void wait_for(nanoseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, time, [] { return false; });
  if (stop.stop_requested()) throw ProfileRefused(kStatusUnavailable, "the server is stopping");
}

}  // namespace

Profiler::Profiler(const config::ProfileOptions& options) {
  if (options.heap_sample_bytes == 0) return;
  if (!alloc::profile::sample_heap(options.heap_sample_bytes)) {
    throw http::StartError(std::string("--heap-profile does not work here: ") + kHeapCure);
  }
}

// These functions use the state of the process, but callers need a Profiler, because it has started the sampler.
// NOLINTBEGIN(readability-convert-member-functions-to-static)
TakenProfile Profiler::heap(std::string_view type, const std::stop_token& stop) const {
  const auto begin = steady_clock::now();
  TakenProfile taken{.type = type, .bytes = {}, .start_ns = now_ns(), .duration_ms = 0};
  alloc::profile::MemoryFile samples("heap");
  fill(samples);
  const std::string process = alloc::profile::describe_process() + times(taken.start_ns, 0);
  taken.bytes = write_profile(type == "allocs" ? "allocs" : "heap", samples, process, stop);
  taken.duration_ms = duration_cast<milliseconds>(steady_clock::now() - begin).count();
  return taken;
}

std::string Profiler::heap_text(const std::stop_token& stop) const {
  alloc::profile::MemoryFile samples("heap");
  return write_profile("heap-text", fill(samples), alloc::profile::describe_process(), stop);
}

TakenProfile Profiler::cpu(std::chrono::seconds duration, const std::stop_token& stop) const {
#ifdef DUEL_JEMALLOC
  const bool present = alloc::profile::cpu_sampler_present();
#else
  const bool present = false;  // sanitizers defer signals and use stacks of their own
#endif
  if (!present) {
    throw ProfileRefused(kStatusNotImplemented, "CPU profiles need x86-64 and a build without sanitizers");
  }
  TakenProfile taken{.type = "cpu", .bytes = {}, .start_ns = now_ns(), .duration_ms = 0};
  const alloc::profile::MemoryFile samples("cpu");
  const auto begin = steady_clock::now();
  alloc::profile::CpuSampler sampler(samples.descriptor());
  constexpr milliseconds kFollowInterval{500};  // how often new threads are looked for
  for (auto now = begin; now < begin + duration; now = steady_clock::now()) {
    wait_for(std::min<nanoseconds>(begin + duration - now, kFollowInterval), stop);
    sampler.follow_threads();
  }
  sampler.stop();
  const auto length = steady_clock::now() - begin;
  taken.duration_ms = duration_cast<milliseconds>(length).count();
  const std::string process = alloc::profile::describe_process() +
                              times(taken.start_ns, duration_cast<nanoseconds>(length).count()) + "dropped " +
                              std::to_string(sampler.counts().dropped) + "\n";
  taken.bytes = write_profile("cpu", samples, process, stop);
  return taken;
}

std::string Profiler::symbols(std::string_view addresses, const std::stop_token& stop) const {
  const alloc::profile::MemoryFile text("addresses");
  text.append(addresses);
  return write_profile("symbols", text, alloc::profile::describe_process(), stop);
}
// NOLINTEND(readability-convert-member-functions-to-static)

}  // namespace duel::servers::profiles
