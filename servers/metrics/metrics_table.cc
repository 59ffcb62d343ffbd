#include "servers/metrics/metrics_table.h"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <type_traits>

namespace duel::servers::metrics {
namespace {

using http::Counters;
using enum Kind;
using enum Unit;

constexpr std::string_view kResponsesHelp = "Responses, by class of their status.";
constexpr std::string_view kRatioHelp = "Divided by the number of requests.";

// clang-format off
constexpr std::array kMetrics = {
    // The program.
    Metric{"", "duel_info", "", kLevel, kNone, 0, Computed{},
           "Always 1. The labels name the router, the version and the allocator."},
    Metric{"timestamp_ms", "", "", kLevel, kMilliseconds, kHistory | kSeries, Computed{},
           "When the values were read, since 1970-01-01 UTC."},
    Metric{"took_ms", "", "", kLevel, kMilliseconds, kHistory, Computed{},
           "Time since the previous values, about 1,000."},
    Metric{"uptime_ms", "duel_uptime_seconds", "", kLevel, kMilliseconds, kVars | kStatsFile | kSeries,
           &Snapshot::uptime_ms, "Time since the start of the server."},

    // Requests.
    Metric{"requests", "", "", kCounter, kNone, kVars | kHistory | kStatsFile | kSeries, &Counters::requests,
           "Valid requests, which the handler answered."},
    Metric{"simple_heads", "duel_simple_heads_total", "", kCounter, kNone, kVars, &Counters::simple_heads,
           "Valid requests whose head was so usual that a scanner read it in place of llhttp (--head-scan)."},
    Metric{"refused", "", "", kCounter, kNone, kVars, &Counters::refused,
           "Requests that the core itself answered with 4xx or 5xx, because they were not valid or too slow."},
    Metric{"responses_2xx", "duel_responses_total", "class=\"2xx\"", kCounter, kNone, kVars | kSeries,
           &Counters::responses_2xx, kResponsesHelp},
    Metric{"responses_3xx", "duel_responses_total", "class=\"3xx\"", kCounter, kNone, kVars | kSeries,
           &Counters::responses_3xx, kResponsesHelp},
    Metric{"responses_4xx", "duel_responses_total", "class=\"4xx\"", kCounter, kNone, kVars | kStatsFile | kSeries,
           &Counters::responses_4xx, kResponsesHelp},
    Metric{"responses_5xx", "duel_responses_total", "class=\"5xx\"", kCounter, kNone, kVars | kStatsFile | kSeries,
           &Counters::responses_5xx, kResponsesHelp},
    Metric{"", "duel_request_duration_seconds", "", kHistogram, kNanoseconds, 0, Latency{},
           "Time from the start of the event-loop iteration that received the request to the end of that iteration, "
           "when its response goes to the kernel. Waiting in the socket's receive buffer is not included."},

    // Connections.
    Metric{"connections_open", "duel_connections_open", "", kLevel, kNone, kVars | kHistory,
           &Snapshot::connections_open, "Connections that are open now."},
    Metric{"connections", "duel_connections_accepted_total", "", kCounter, kNone, kVars | kStatsFile | kSeries,
           &Counters::connections, "Connections that were accepted."},
    Metric{"turned_away", "duel_connections_turned_away_total", "", kCounter, kNone, kVars, &Counters::turned_away,
           "Connections that were answered with 503, because the maximum number of connections was open."},
    Metric{"bytes_received", "duel_received_bytes_total", "", kCounter, kBytes, kVars | kStatsFile,
           &Counters::bytes_received, "Bytes received from clients."},
    Metric{"bytes_sent", "duel_sent_bytes_total", "", kCounter, kBytes, kVars | kStatsFile, &Counters::bytes_sent,
           "Bytes sent to clients."},

    // The event loops.
    Metric{"ring_enters", "duel_ring_enters_total", "", kCounter, kNone, kVars | kStatsFile, &Counters::ring_enters,
           "Calls of io_uring_enter(2)."},
    Metric{"completions", "duel_ring_completions_total", "", kCounter, kNone, kVars, &Counters::completions,
           "Completions taken from the rings."},
    Metric{"no_buffers", "duel_ring_no_buffers_total", "", kCounter, kNone, kVars | kStatsFile, &Counters::no_buffers,
           "Receives that found no free receive buffer and were repeated."},
    Metric{"busy_ns", "duel_loop_busy_seconds_total", "", kCounter, kNanoseconds, kVars, &Counters::busy_ns,
           "Time in event-loop iterations, without the time in io_uring_enter(2)."},

    // Allocations.
    Metric{"allocations", "duel_allocations_total", "", kCounter, kNone, kVars | kHistory | kStatsFile | kSeries,
           &Counters::allocations, "Allocations by workers. Only with --count-allocations=on.", true},
    Metric{"allocated_bytes", "duel_allocated_bytes_total", "", kCounter, kBytes,
           kVars | kHistory | kStatsFile | kSeries, &Counters::allocated_bytes,
           "Bytes allocated by workers. Exact: if it does not grow, nothing was allocated."},
    Metric{"hits", "duel_pool_hits_total", "", kCounter, kNone, kVars, &alloc::PoolReading::hits,
           "Objects that a pool could reuse."},
    Metric{"misses", "duel_pool_misses_total", "", kCounter, kNone, kVars, &alloc::PoolReading::misses,
           "Objects that a pool had to create."},

    // Work to get memory and to give it back.
    Metric{"purge_passes", "duel_purge_passes_total", "", kCounter, kNone, kVars | kStatsFile | kSeries,
           &alloc::Snapshot::purge_passes, "Searches of an arena of the allocator for unused pages."},
    Metric{"purge_calls", "duel_memory_calls_total", "", kCounter, kNone, kVars | kHistory | kStatsFile | kSeries,
           &alloc::CallTimes::calls,
           "Calls of madvise(2) that give unused pages back to the kernel; in /metrics also calls of mmap(2) and "
           "munmap(2), by thread."},
    Metric{"purge_total_ns", "duel_memory_call_seconds_total", "", kCounter, kNanoseconds, kVars | kHistory | kSeries,
           &alloc::CallTimes::total_ns, "Time in the calls of duel_memory_calls_total. A call stops only the thread that makes it."},
    Metric{"purge_longest_ns", "duel_memory_call_longest_seconds", "", kLevel, kNanoseconds, kVars | kSeries,
           &alloc::CallTimes::longest_ns, "The longest call of duel_memory_calls_total since the start of the server."},
    Metric{"purged_pages", "duel_purged_bytes_total", "", kCounter, kPages, kStatsFile | kSeries,
           &alloc::Snapshot::purged_pages, "Memory that purge passes gave back to the kernel. A page has 4 KiB."},
    Metric{"lock_waits", "duel_allocator_lock_waits_total", "", kCounter, kNone, kVars | kSeries,
           &alloc::Snapshot::lock_waits, "How often a thread waited for a lock of the allocator."},
    Metric{"minor_faults", "duel_minor_faults_total", "", kCounter, kNone, kVars | kStatsFile | kSeries,
           &alloc::Snapshot::minor_faults, "Pages made resident without reading a disk."},

    // Memory.
    Metric{"rss_bytes", "process_resident_memory_bytes", "", kLevel, kBytes,
           kVars | kHistory | kStatsFile | kSeries, &alloc::Memory::rss,
           "Resident memory (RSS), shared pages included."},
    Metric{"pss_bytes", "duel_memory_proportional_bytes", "", kLevel, kBytes, kVars | kSeries, &alloc::Memory::pss,
           "Resident memory, each shared page divided by the number of processes that share it (PSS)."},
    Metric{"anonymous_bytes", "duel_memory_anonymous_bytes", "", kLevel, kBytes, kVars | kStatsFile | kSeries,
           &alloc::Memory::anonymous, "Resident memory of heap, stacks and pools."},
    Metric{"virtual_bytes", "process_virtual_memory_bytes", "", kLevel, kBytes, kVars | kSeries,
           &alloc::Memory::virtual_size, "Address space."},
    Metric{"peak_rss_bytes", "duel_memory_resident_peak_bytes", "", kLevel, kBytes, kStatsFile,
           &alloc::Snapshot::peak_rss_bytes, "Maximum of the resident memory since the start of the server."},
    Metric{"heap_allocated_bytes", "duel_heap_allocated_bytes", "", kLevel, kBytes, kSeries,
           &alloc::Snapshot::heap_allocated_bytes, "Bytes in blocks of the allocator that are in use."},
    Metric{"", "duel_heap_active_bytes", "", kLevel, kBytes, 0, &alloc::Snapshot::heap_active_bytes,
           "Bytes in pages of the allocator that hold blocks in use."},
    Metric{"", "duel_heap_retained_bytes", "", kLevel, kBytes, 0, &alloc::Snapshot::heap_retained_bytes,
           "Address space that the allocator keeps without memory."},
    Metric{"rss_bytes_per_s", "duel_memory_resident_growth_bytes_per_second", "", kLevel, kBytesPerSecond, kVars,
           &MemoryTrend::rss_bytes_per_s,
           "Growth of the resident memory: its slope over the last five minutes, measured every 5 s."},
    Metric{"virtual_bytes_per_s", "duel_memory_virtual_growth_bytes_per_second", "", kLevel, kBytesPerSecond, kVars,
           &MemoryTrend::virtual_bytes_per_s,
           "Growth of the address space: its slope over the last five minutes, measured every 5 s."},
    Metric{"rss_mb_per_min", "", "", kLevel, kNone, kSeries, Computed{},
           "Growth of the resident memory in MB (10^6 bytes) per minute, the unit of the article."},
    Metric{"virtual_mb_per_min", "", "", kLevel, kNone, kSeries, Computed{},
           "Growth of the address space in MB (10^6 bytes) per minute, the unit of the article."},

    // Stalls, CPU time and ratios.
    Metric{"longest_stall_ns", "duel_loop_longest_stall_seconds", "", kLevel, kNanoseconds,
           kVars | kHistory | kSeries, &Snapshot::longest_stall_ns,
           "The longest event-loop iteration of any worker since the start or the last reset; in /debug/history since "
           "the values before. Every connection of that worker waited at least that long."},
    Metric{"cpu_user_us", "", "", kCounter, kMicroseconds, kStatsFile | kSeries, &alloc::Snapshot::cpu_user_us,
           "CPU time of all threads in user mode."},
    Metric{"cpu_system_us", "", "", kCounter, kMicroseconds, kStatsFile | kSeries, &alloc::Snapshot::cpu_system_us,
           "CPU time of all threads in the kernel."},
    Metric{"", "process_cpu_seconds_total", "", kCounter, kMicroseconds, 0, &alloc::Snapshot::cpu_us,
           "CPU time of all threads, in user mode and in the kernel."},
    Metric{"requests_per_s", "", "", kLevel, kNone, kSeries, Computed{}, "Requests per second since the previous line."},
    Metric{"allocations_per_request", "", "", kLevel, kNone, kVars, Computed{}, kRatioHelp, true},
    Metric{"allocated_bytes_per_request", "", "", kLevel, kNone, kVars, Computed{}, kRatioHelp},
    Metric{"minor_faults_per_request", "", "", kLevel, kNone, kVars | kSeries, Computed{},
           "Divided by the number of requests; in the CSV file since the previous line."},
    Metric{"access_log_dropped", "duel_access_log_dropped_total", "", kCounter, kNone, kStatsFile,
           &Snapshot::access_log_dropped,
           "Lines of the access log that were left out, because its queue was full or its file could not be written."},

    // Routes. /debug/routes has the same numbers, and more.
    Metric{"", "duel_route_requests_total", "", kCounter, kNone, 0, Computed{},
           "Requests, by the pattern of their route. POST /debug/reset does not change counters of routes."},
    Metric{"", "duel_route_allocated_bytes_total", "", kCounter, kBytes, 0, Computed{},
           "Bytes allocated by the handler of the route and by the work that it deferred."},
    Metric{"", "duel_route_freed_bytes_total", "", kCounter, kBytes, 0, Computed{},
           "Bytes freed by the handler of the route and by the work that it deferred."},
    Metric{"", "duel_route_live_bytes", "", kLevel, kBytes, 0, Computed{},
           "Allocated bytes minus freed bytes. Negative if the route frees memory that another route allocated."},
    Metric{"", "duel_route_live_growth_bytes_per_second", "", kLevel, kBytesPerSecond, 0, Computed{},
           "Slope of the live bytes over the window of the leak detector."},
    Metric{"", "duel_route_leak_suspected", "", kLevel, kNone, 0, Computed{},
           "1 while the leak detector suspects the route, else 0."},
};
// clang-format on

static_assert(std::ranges::count_if(kMetrics, [](const Metric& metric) { return metric.is_on(kHistory); }) ==
              kHistoryColumns);

const Metric& find(std::string_view Metric::*member, std::string_view name) {
  const auto* const found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const Metric& metric) { return metric.*member == name; });
  if (found == kMetrics.end()) throw std::logic_error("the table of metrics has no " + std::string(name));
  return *found;
}

template <class Member, class Objects>
uint64_t sum_over(Member member, const Objects& objects) {
  uint64_t sum = 0;
  for (const auto& object : objects) sum += std::invoke(member, object);
  return sum;
}

struct Reader {
  const Snapshot& now;

  template <class Member>
  Value operator()(Member member) const {
    if constexpr (std::is_invocable_v<Member, const Counters&>) {
      return sum_over(member, now.workers);
    } else if constexpr (std::is_invocable_v<Member, const alloc::PoolReading&>) {
      return sum_over(member, now.pools);
    } else if constexpr (std::is_invocable_v<Member, const alloc::Snapshot&>) {
      return std::invoke(member, now.process);
    } else if constexpr (std::is_invocable_v<Member, const alloc::CallTimes&>) {
      return std::invoke(member, alloc::sum_of(now.kernel_calls, alloc::KernelCall::kPurge));
    } else if constexpr (std::is_invocable_v<Member, const alloc::Memory&>) {
      return std::invoke(member, now.memory.now);
    } else if constexpr (std::is_invocable_v<Member, const MemoryTrend&>) {
      return std::invoke(member, now.memory);
    } else if constexpr (std::is_invocable_v<Member, const Snapshot&>) {
      return std::invoke(member, now);
    } else {
      throw std::logic_error("a snapshot has no single value for this metric");
    }
  }
};

}  // namespace

std::span<const Metric> metrics_table() {
  return kMetrics;
}

const Metric& metric_of_key(std::string_view key) {
  return find(&Metric::key, key);
}

const Metric& metric_of_family(std::string_view family) {
  return find(&Metric::family, family);
}

Value value_of(const Metric& metric, const Snapshot& snapshot) {
  return std::visit(Reader{snapshot}, metric.source);
}

std::string text_of(const Value& value) {
  return std::visit([](auto number) { return std::to_string(number); }, value);
}

}  // namespace duel::servers::metrics
