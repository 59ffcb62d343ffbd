#include "servers/admin/metrics_pages.h"

#include <charconv>
#include <utility>

#include "alloc/counters.h"
#include "servers/metrics/json_object.h"

namespace duel::servers::admin {
namespace {

constexpr uint64_t kNsPerUs = 1'000;
constexpr uint64_t kPageBytes = 4096;

template <class Value>
void per_worker(metrics::PrometheusText& out, const metrics::Snapshot& now, Value value) {
  for (size_t i = 0; i < now.workers.size(); ++i) {
    out.sample(value(now.workers[i]), metrics::label("worker", std::to_string(i)));
  }
}

void write_requests(metrics::PrometheusText& out, const metrics::Snapshot& now) {
  out.counter("duel_responses_total", "Responses, by worker and status class.");
  for (size_t i = 0; i < now.workers.size(); ++i) {
    const std::string worker = metrics::label("worker", std::to_string(i));
    const http::Counters& counters = now.workers[i];
    out.sample(counters.responses_2xx(), metrics::label("class", "2xx", worker));
    out.sample(counters.responses_3xx, metrics::label("class", "3xx", worker));
    out.sample(counters.responses_4xx, metrics::label("class", "4xx", worker));
    out.sample(counters.responses_5xx, metrics::label("class", "5xx", worker));
  }
  out.histogram("duel_request_duration_seconds",
                "From the turn of the loop that took in the request to its end, when the answer goes to the kernel.");
  const http::HistogramReading latency = now.total().latency;
  uint64_t count = 0;
  for (size_t i = 0; i + 1 < latency.counts.size(); ++i) {
    count += latency.counts[i];
    out.sample(count, metrics::label("le", metrics::seconds_text(http::Histogram::most_ns(i))), "_bucket");
  }
  count += latency.counts.back();
  out.sample(count, metrics::label("le", "+Inf"), "_bucket");
  out.seconds(latency.sum_ns, {}, "_sum");
  out.sample(count, {}, "_count");
}

void write_connections(metrics::PrometheusText& out, const metrics::Snapshot& now, metrics::Sampler& sampler) {
  out.gauge("duel_connections_open", "Connections open now.");
  out.sample(uint64_t{sampler.server().open_connections()});
  out.counter("duel_connections_accepted_total", "Connections accepted.");
  per_worker(out, now, [](const http::Counters& one) { return one.connections; });
  out.counter("duel_connections_turned_away_total", "Connections answered with 503 because there were too many.");
  per_worker(out, now, [](const http::Counters& one) { return one.turned_away; });
  out.counter("duel_received_bytes_total", "Bytes of requests.");
  per_worker(out, now, [](const http::Counters& one) { return one.bytes_received; });
  out.counter("duel_sent_bytes_total", "Bytes of responses.");
  per_worker(out, now, [](const http::Counters& one) { return one.bytes_sent; });
}

void write_loop(metrics::PrometheusText& out, const metrics::Snapshot& now, metrics::Sampler& sampler) {
  out.counter("duel_ring_enters_total", "Calls of io_uring_enter(2).");
  per_worker(out, now, [](const http::Counters& one) { return one.ring_enters; });
  out.counter("duel_ring_completions_total", "Completions taken from the ring.");
  per_worker(out, now, [](const http::Counters& one) { return one.completions; });
  out.counter("duel_ring_no_buffers_total", "Receives that found no receive buffer and were repeated.");
  per_worker(out, now, [](const http::Counters& one) { return one.no_buffers; });
  out.counter("duel_loop_busy_seconds_total", "Time in turns of the loop, outside of io_uring_enter(2).");
  for (size_t i = 0; i < now.workers.size(); ++i) {
    out.seconds(now.workers[i].busy_ns, metrics::label("worker", std::to_string(i)));
  }
  out.gauge("duel_loop_longest_stall_seconds", "Longest turn of any worker's loop since start or reset.");
  out.seconds(sampler.longest_stall_ns());
}

void write_allocations(metrics::PrometheusText& out, const metrics::Snapshot& now, bool calls_counted) {
  if (calls_counted) {
    out.counter("duel_allocations_total", "Calls of the allocator by workers.");
    per_worker(out, now, [](const http::Counters& one) { return one.allocations; });
  }
  out.counter("duel_allocated_bytes_total", "Bytes allocated by workers; no growth means no allocation.");
  per_worker(out, now, [](const http::Counters& one) { return one.allocated_bytes; });
  out.counter("duel_pool_hits_total", "Objects that a pool had.");
  for (const alloc::PoolReading& pool : now.pools) out.sample(pool.hits, metrics::label("pool", pool.name));
  out.counter("duel_pool_misses_total", "Objects that had to be made.");
  for (const alloc::PoolReading& pool : now.pools) out.sample(pool.misses, metrics::label("pool", pool.name));
  const alloc::Heap heap = alloc::read_heap();
  out.gauge("duel_heap_allocated_bytes", "In blocks of the allocator that are in use.");
  out.sample(heap.allocated);
  out.gauge("duel_heap_active_bytes", "In pages that hold such blocks.");
  out.sample(heap.active);
  out.gauge("duel_heap_retained_bytes", "Address space that the allocator keeps without memory.");
  out.sample(heap.retained);
}

constexpr const char* kCallNames[alloc::kKernelCallKinds] = {"purge", "map", "unmap"};

// `write` gets the labels and the times of each thread and kind.
template <class Write>
void per_call(const metrics::Snapshot& now, Write write) {
  for (size_t i = 0; i < now.kernel_calls.size(); ++i) {
    // Threads of one name are told apart by the order in which they came.
    const std::string thread =
        metrics::label("slot", std::to_string(i), metrics::label("thread", now.kernel_calls[i].thread));
    for (size_t kind = 0; kind < alloc::kKernelCallKinds; ++kind) {
      write(metrics::label("call", kCallNames[kind], thread), now.kernel_calls[i].times[kind]);
    }
  }
}

void write_reclamation(metrics::PrometheusText& out, const metrics::Snapshot& now) {
  out.counter("duel_memory_calls_total", "madvise(2) that gives pages back, mmap(2) and munmap(2), by thread.");
  per_call(now, [&](const std::string& labels, const alloc::CallTimes& times) { out.sample(times.calls, labels); });
  out.counter("duel_memory_call_seconds_total", "Time in them. Each stops its own thread and nobody else.");
  per_call(now, [&](const std::string& labels, const alloc::CallTimes& times) { out.seconds(times.total_ns, labels); });
  out.gauge("duel_memory_call_longest_seconds", "The longest of them since the start.");
  per_call(now,
           [&](const std::string& labels, const alloc::CallTimes& times) { out.seconds(times.longest_ns, labels); });
  out.counter("duel_purge_passes_total", "Times that an arena's unused pages were gone through.");
  out.sample(now.reclamation.purge_passes);
  out.counter("duel_purged_bytes_total", "Bytes given back to the kernel by them.");
  out.sample(now.reclamation.purged_pages * kPageBytes);
  out.counter("duel_allocator_lock_waits_total", "Times that a thread waited for a lock of the allocator.");
  out.sample(now.lock_waits);
  out.counter("duel_minor_faults_total", "Pages made resident without reading a disk.");
  out.sample(now.reclamation.minor_faults);
}

void write_process(metrics::PrometheusText& out, const metrics::Snapshot& now, const metrics::Sampler& sampler) {
  const metrics::MemoryTrend memory = sampler.memory();
  out.gauge("process_resident_memory_bytes", "Resident memory, shared pages included.");
  out.sample(memory.now.rss);
  out.gauge("process_virtual_memory_bytes", "Address space.");
  out.sample(memory.now.virtual_size);
  out.gauge("duel_memory_proportional_bytes", "Resident memory, shared pages divided among who shares them (PSS).");
  out.sample(memory.now.pss);
  out.gauge("duel_memory_anonymous_bytes", "Heap, stacks and pools.");
  out.sample(memory.now.anonymous);
  out.gauge("duel_memory_resident_peak_bytes", "The most that were resident since the start.");
  out.sample(now.reclamation.peak_rss_bytes);
  out.gauge("duel_memory_resident_growth_bytes_per_second", "Slope of resident memory over the last five minutes.");
  out.sample(memory.rss_bytes_per_s);
  out.gauge("duel_memory_virtual_growth_bytes_per_second", "Slope of the address space over the last five minutes.");
  out.sample(memory.virtual_bytes_per_s);
  out.counter("process_cpu_seconds_total", "CPU time, user and system.");
  out.seconds((now.reclamation.user_cpu_us + now.reclamation.system_cpu_us) * kNsPerUs);
  out.gauge("duel_uptime_seconds", "Since the start.");
  out.sample(static_cast<double>(sampler.uptime().count()) / 1e3);
}

void write_info(metrics::PrometheusText& out, const config::Options& options) {
  out.gauge("duel_info", "What runs here.");
  std::string labels = metrics::label("router", options.router_name());
  labels = metrics::label("version", DUEL_VERSION, labels);
  out.sample(uint64_t{1}, metrics::label("allocator", alloc::available() ? alloc::allocator_name() : "libc", labels));
}

bool calls_counted(const config::Options& options) {
  return options.count_allocations && alloc::available();
}

std::string metrics(metrics::Sampler& sampler, const config::Options& options, const std::vector<MetricsSource>& more) {
  const metrics::Snapshot now = sampler.since_reset();
  metrics::PrometheusText out;
  write_info(out, options);
  write_requests(out, now);
  write_connections(out, now, sampler);
  write_loop(out, now, sampler);
  write_allocations(out, now, calls_counted(options));
  write_reclamation(out, now);
  write_process(out, now, sampler);
  for (const MetricsSource& source : more) source(out);
  return out.text();
}

metrics::JsonObject counters_json(const http::Counters& counters, bool counted) {
  metrics::JsonObject json;
  json.number("requests", counters.requests)
      .number("responses_2xx", counters.responses_2xx())
      .number("responses_3xx", counters.responses_3xx)
      .number("responses_4xx", counters.responses_4xx)
      .number("responses_5xx", counters.responses_5xx)
      .number("connections", counters.connections)
      .number("turned_away", counters.turned_away)
      .number("bytes_received", counters.bytes_received)
      .number("bytes_sent", counters.bytes_sent)
      .number("ring_enters", counters.ring_enters)
      .number("completions", counters.completions)
      .number("no_buffers", counters.no_buffers)
      .number("busy_ns", counters.busy_ns);
  json.raw("allocations", counted ? std::to_string(counters.allocations) : "null");
  json.number("allocated_bytes", counters.allocated_bytes);
  return json;
}

metrics::JsonObject memory_json(const metrics::MemoryTrend& memory) {
  metrics::JsonObject json;
  json.number("rss_bytes", memory.now.rss)
      .number("pss_bytes", memory.now.pss)
      .number("anonymous_bytes", memory.now.anonymous)
      .number("virtual_bytes", memory.now.virtual_size)
      .raw("rss_bytes_per_s", std::to_string(memory.rss_bytes_per_s))
      .raw("virtual_bytes_per_s", std::to_string(memory.virtual_bytes_per_s));
  return json;
}

std::string per_request(uint64_t value, uint64_t requests) {
  return requests == 0 ? "null" : std::to_string(static_cast<double>(value) / static_cast<double>(requests));
}

std::string vars(metrics::Sampler& sampler, const config::Options& options) {
  const metrics::Snapshot now = sampler.since_reset();
  const http::Counters total = now.total();
  const bool counted = calls_counted(options);
  const alloc::ThreadKernelCalls calls = now.all_kernel_calls();
  const alloc::CallTimes& purges = calls.of(alloc::KernelCall::kPurge);
  std::string workers;
  for (const http::Counters& worker : now.workers) {
    workers += (workers.empty() ? "" : ",") + counters_json(worker, counted).str();
  }
  metrics::JsonObject pools;
  for (const alloc::PoolReading& pool : now.pools) {
    pools.object(pool.name, metrics::JsonObject().number("hits", pool.hits).number("misses", pool.misses));
  }
  metrics::JsonObject json;
  json.text("router", options.router_name())
      .text("version", DUEL_VERSION)
      .text("allocator", alloc::available() ? alloc::allocator_name() : "libc")
      .number("uptime_ms", static_cast<uint64_t>(sampler.uptime().count()))
      .number("connections_open", sampler.server().open_connections())
      .object("total", counters_json(total, counted))
      .raw("workers", "[" + workers + "]")
      .raw("allocations_per_request", counted ? per_request(total.allocations, total.requests) : "null")
      .raw("allocated_bytes_per_request", per_request(total.allocated_bytes, total.requests))
      .raw("minor_faults_per_request", per_request(now.reclamation.minor_faults, total.requests))
      .number("longest_stall_ns", sampler.longest_stall_ns())
      .number("purge_passes", now.reclamation.purge_passes)
      .number("purge_calls", purges.calls)
      .number("purge_total_ns", purges.total_ns)
      .number("purge_longest_ns", purges.longest_ns)
      .number("minor_faults", now.reclamation.minor_faults)
      .number("lock_waits", now.lock_waits)
      .object("memory", memory_json(sampler.memory()))
      .object("pools", pools);
  return json.str() + "\n";
}

// One list a quantity: short, and what a plot wants.
std::string history(const metrics::Sampler& sampler, const config::Options& options, uint64_t since_unix_ms) {
  constexpr std::pair<const char*, uint64_t (*)(const metrics::Sample&)> kColumns[] = {
      {"unix_ms", [](const metrics::Sample& one) { return static_cast<uint64_t>(one.unix_ms); }},
      {"took_ms", [](const metrics::Sample& one) { return uint64_t{one.took_ms}; }},
      {"connections", [](const metrics::Sample& one) { return uint64_t{one.connections}; }},
      {"requests", [](const metrics::Sample& one) { return one.requests; }},
      {"allocations", [](const metrics::Sample& one) { return one.allocations; }},
      {"allocated_bytes", [](const metrics::Sample& one) { return one.allocated_bytes; }},
      {"rss_bytes", [](const metrics::Sample& one) { return one.rss_bytes; }},
      {"purges", [](const metrics::Sample& one) { return one.purges; }},
      {"purge_ns", [](const metrics::Sample& one) { return one.purge_ns; }},
      {"longest_stall_ns", [](const metrics::Sample& one) { return one.longest_stall_ns; }},
  };
  std::vector<metrics::Sample> samples = sampler.history();
  std::erase_if(samples,
                [&](const metrics::Sample& one) { return static_cast<uint64_t>(one.unix_ms) <= since_unix_ms; });
  metrics::JsonObject json;
  json.text("router", options.router_name()).raw("calls_counted", calls_counted(options) ? "true" : "false");
  for (const auto& [name, value] : kColumns) {
    std::string list;
    for (const metrics::Sample& one : samples) list += (list.empty() ? "" : ",") + std::to_string(value(one));
    json.raw(name, "[" + list + "]");
  }
  return json.str() + "\n";
}

}  // namespace

void add_metrics(Mux& mux, metrics::Sampler& sampler, const config::Options& options, std::vector<MetricsSource> more) {
  mux.add(http::Method::kGet, "/metrics", "counters and levels for Prometheus",
          [&sampler, &options, more = std::move(more)](const http::Request&, http::Response& response) {
            answer_with(response, "text/plain; version=0.0.4; charset=utf-8", metrics(sampler, options, more));
          });
  mux.add(http::Method::kGet, "/debug/vars", "the same as JSON, with averages per request",
          [&](const http::Request&, http::Response& response) {
            answer_with(response, "application/json", vars(sampler, options));
          });
  mux.add(http::Method::kGet, "/debug/history", "the last five minutes, second by second, as JSON (?since=UNIX_MS)",
          [&](const http::Request& request, http::Response& response) {
            const std::string_view since = query_value(request.query, "since");
            uint64_t since_unix_ms = 0;
            std::from_chars(since.data(), since.data() + since.size(), since_unix_ms);
            answer_with(response, "application/json", history(sampler, options, since_unix_ms));
          });
  mux.add(http::Method::kPost, "/debug/reset", "lets counters begin at 0 again; those of routes stay",
          [&](const http::Request&, http::Response& response) {
            sampler.reset();
            answer_text(response, 200, "counters begin at 0");
          });
}

}  // namespace duel::servers::admin
