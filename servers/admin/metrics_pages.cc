#include "servers/admin/metrics_pages.h"

#include <charconv>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "alloc/counters.h"
#include "servers/metrics/json_object.h"
#include "servers/metrics/metrics_table.h"

namespace duel::servers::admin {
namespace {

using metrics::JsonObject;
using metrics::label;
using metrics::Metric;
using metrics::ProgramInfo;
using metrics::PrometheusText;
using metrics::Snapshot;

void write_sample(PrometheusText& out, metrics::Unit unit, const metrics::Value& value, std::string_view labels = {}) {
  constexpr uint64_t kNsPerUs = 1'000;
  constexpr uint64_t kNsPerMs = 1'000'000;
  constexpr uint64_t kPageBytes = 4096;
  if (const double* number = std::get_if<double>(&value)) return out.sample(*number, labels);
  const uint64_t count = std::get<uint64_t>(value);
  switch (unit) {
    case metrics::Unit::kNanoseconds:
      return out.seconds(count, labels);
    case metrics::Unit::kMicroseconds:
      return out.seconds(count * kNsPerUs, labels);
    case metrics::Unit::kMilliseconds:
      return out.seconds(count * kNsPerMs, labels);
    case metrics::Unit::kPages:
      return out.sample(count * kPageBytes, labels);
    default:
      return out.sample(count, labels);
  }
}

void write_histogram(PrometheusText& out, const http::HistogramReading& latency) {
  uint64_t count = 0;
  for (size_t i = 0; i + 1 < latency.counts.size(); ++i) {
    count += latency.counts[i];
    out.sample(count, label("le", metrics::seconds_text(http::Histogram::max_ns(i))), "_bucket");
  }
  count += latency.counts.back();
  out.sample(count, label("le", "+Inf"), "_bucket");
  out.seconds(latency.sum_ns, {}, "_sum");
  out.sample(count, {}, "_count");
}

// Writes the samples of one row: one per worker, pool or thread where the counts are kept apart.
struct SampleWriter {
  PrometheusText& out;
  const Metric& metric;
  const Snapshot& now;

  template <class Member>
  void operator()(Member member) const {
    if constexpr (std::is_same_v<Member, metrics::Latency>) {
      write_histogram(out, now.latency());
    } else if constexpr (std::is_invocable_v<Member, const http::Counters&>) {
      for (size_t i = 0; i < now.workers.size(); ++i) {
        const std::string more = metric.label.empty() ? "" : "," + std::string(metric.label);
        write_sample(out, metric.unit, std::invoke(member, now.workers[i]), label("worker", std::to_string(i)) + more);
      }
    } else if constexpr (std::is_invocable_v<Member, const alloc::PoolReading&>) {
      for (const alloc::PoolReading& pool : now.pools) {
        write_sample(out, metric.unit, std::invoke(member, pool), label("pool", pool.name));
      }
    } else if constexpr (std::is_invocable_v<Member, const alloc::CallTimes&>) {
      write_calls(member);
    } else {
      write_sample(out, metric.unit, value_of(metric, now));
    }
  }

  // Several threads can have the same name. The label `slot`, the order of their first calls, tells them apart.
  void write_calls(uint64_t alloc::CallTimes::*member) const {
    for (size_t i = 0; i < now.kernel_calls.size(); ++i) {
      const std::string thread = label("slot", std::to_string(i), label("thread", now.kernel_calls[i].thread));
      for (size_t kind = 0; kind < alloc::kKernelCallKinds; ++kind) {
        write_sample(out, metric.unit, now.kernel_calls[i].times[kind].*member,
                     label("call", alloc::kKernelCallNames[kind], thread));
      }
    }
  }
};

void write_info(PrometheusText& out, const ProgramInfo& program) {
  out.begin(metrics::metric_of_family("duel_info"));
  const std::string labels = label("version", DUEL_VERSION, label("router", program.router));
  out.sample(uint64_t{1}, label("allocator", alloc::allocator_name(), labels));
}

std::string prometheus(const Snapshot& now, const ProgramInfo& program, const std::vector<MetricsSource>& more) {
  PrometheusText out;
  write_info(out, program);
  std::string_view family;
  for (const Metric& metric : metrics::metrics_table()) {
    const bool computed = std::holds_alternative<metrics::Computed>(metric.source);
    if (metric.family.empty() || computed || !metric.is_known(program.calls_counted())) continue;
    if (std::exchange(family, metric.family) != metric.family) out.begin(metric);
    std::visit(SampleWriter{out, metric, now}, metric.source);
  }
  for (const MetricsSource& source : more) source(out);
  return out.text();
}

std::string per_request(uint64_t value, uint64_t requests) {
  return requests == 0 ? "null" : std::to_string(static_cast<double>(value) / static_cast<double>(requests));
}

// The objects of /debug/vars that hold more than one row.
struct VarsGroups {
  JsonObject total;
  std::vector<JsonObject> workers;
  std::vector<JsonObject> pools;
  JsonObject memory;
  JsonObject top;
};

// Puts one row into the object to which it belongs.
struct VarsWriter {
  VarsGroups& groups;
  const Metric& metric;
  const Snapshot& now;
  bool known;

  template <class Member>
  void operator()(Member member) const {
    if constexpr (std::is_invocable_v<Member, const http::Counters&>) {
      groups.total.raw(metric.key, known ? text() : "null");
      for (size_t i = 0; i < now.workers.size(); ++i) {
        groups.workers[i].raw(metric.key, known ? std::to_string(std::invoke(member, now.workers[i])) : "null");
      }
    } else if constexpr (std::is_invocable_v<Member, const alloc::PoolReading&>) {
      for (size_t i = 0; i < now.pools.size(); ++i)
        groups.pools[i].number(metric.key, std::invoke(member, now.pools[i]));
    } else if constexpr (std::is_invocable_v<Member, const alloc::Memory&> ||
                         std::is_invocable_v<Member, const metrics::MemoryTrend&>) {
      groups.memory.raw(metric.key, text());
    } else {
      groups.top.raw(metric.key, text());
    }
  }

  std::string text() const { return metrics::text_of(metrics::value_of(metric, now)); }
};

std::string vars(const Snapshot& now, const ProgramInfo& program) {
  VarsGroups groups;
  groups.workers.resize(now.workers.size());
  groups.pools.resize(now.pools.size());
  groups.top.text("router", program.router).text("version", DUEL_VERSION).text("allocator", alloc::allocator_name());
  for (const Metric& metric : metrics::metrics_table()) {
    if (metric.is_on(metrics::kVars)) {
      std::visit(VarsWriter{groups, metric, now, metric.is_known(program.calls_counted())}, metric.source);
    }
  }
  std::string workers;
  for (const JsonObject& worker : groups.workers) workers += (workers.empty() ? "" : ",") + worker.str();
  JsonObject pools;
  for (size_t i = 0; i < now.pools.size(); ++i) pools.object(now.pools[i].name, groups.pools[i]);
  const auto total = [&](std::string_view key) {
    return std::get<uint64_t>(value_of(metrics::metric_of_key(key), now));
  };
  const uint64_t requests = total("requests");
  groups.top.object("total", groups.total)
      .raw("workers", "[" + workers + "]")
      .raw("allocations_per_request", program.calls_counted() ? per_request(total("allocations"), requests) : "null")
      .raw("allocated_bytes_per_request", per_request(total("allocated_bytes"), requests))
      .raw("minor_faults_per_request", per_request(total("minor_faults"), requests))
      .object("memory", groups.memory)
      .object("pools", pools);
  return groups.top.str() + "\n";
}

// One list per quantity, because that is short, and because a plot needs lists.
std::string history(std::vector<metrics::Sample> samples, const ProgramInfo& program, uint64_t since_unix_ms) {
  std::erase_if(samples,
                [&](const metrics::Sample& one) { return static_cast<uint64_t>(one.timestamp_ms) <= since_unix_ms; });
  const auto list_of = [&](auto value) {
    std::string list;
    for (const metrics::Sample& one : samples) list += (list.empty() ? "" : ",") + std::to_string(value(one));
    return "[" + list + "]";
  };
  JsonObject json;
  json.text("router", program.router)
      .boolean("calls_counted", program.calls_counted())
      .raw("timestamp_ms", list_of([](const metrics::Sample& one) { return one.timestamp_ms; }))
      .raw("took_ms", list_of([](const metrics::Sample& one) { return one.took_ms; }));
  size_t column = 0;
  for (const Metric& metric : metrics::metrics_table()) {
    if (!metric.is_on(metrics::kHistory)) continue;
    json.raw(metric.key, list_of([&](const metrics::Sample& one) { return one.values[column]; }));
    ++column;
  }
  return json.str() + "\n";
}

}  // namespace

void add_metrics(Mux& mux, metrics::Sampler& sampler, const ProgramInfo& program, std::vector<MetricsSource> more) {
  mux.add(http::Method::kGet, "/metrics", "counters and levels for Prometheus",
          [&sampler, program, more = std::move(more)](const http::Request&, http::Response& response) {
            answer_with(response, "text/plain; version=0.0.4; charset=utf-8",
                        prometheus(sampler.since_reset(), program, more));
          });
  mux.add(http::Method::kGet, "/debug/vars", "counters and levels as JSON, with averages per request",
          [&sampler, program](const http::Request&, http::Response& response) {
            answer_with(response, "application/json", vars(sampler.since_reset(), program));
          });
  mux.add(http::Method::kGet, "/debug/history",
          "values of each second of the last five minutes, as JSON (?since=UNIX_MS)",
          [&sampler, program](const http::Request& request, http::Response& response) {
            const std::string_view since = query_value(request.query, "since");
            uint64_t since_unix_ms = 0;
            std::from_chars(since.data(), since.data() + since.size(), since_unix_ms);
            answer_with(response, "application/json", history(sampler.history(), program, since_unix_ms));
          });
  mux.add(http::Method::kPost, "/debug/reset", "sets all counters to 0, except those of routes",
          [&sampler](const http::Request&, http::Response& response) {
            sampler.reset();
            answer_text(response, 200, "all counters are 0 now, except those of routes");
          });
}

}  // namespace duel::servers::admin
