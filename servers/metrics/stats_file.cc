#include "servers/metrics/stats_file.h"

#include "alloc/counters.h"
#include "alloc/reclamation.h"
#include "servers/metrics/json_object.h"

namespace duel::servers::metrics {
namespace {

void add_counters(JsonObject& json, const http::Counters& counters, bool calls_counted) {
  json.number("requests", counters.requests);
  json.number("connections", counters.connections);
  json.number("responses_4xx", counters.responses_4xx);
  json.number("responses_5xx", counters.responses_5xx);
  json.number("bytes_received", counters.bytes_received);
  json.number("bytes_sent", counters.bytes_sent);
  json.number("ring_enters", counters.ring_enters);
  json.number("no_buffers", counters.no_buffers);
  if (calls_counted) {
    json.number("allocations", counters.allocations);
  } else {
    json.raw("allocations", "null");
  }
  json.number("allocated_bytes", counters.allocated_bytes);
}

void add_reclamation(JsonObject& json) {
  const alloc::Reclamation reading = alloc::read_reclamation();
  json.number("purges", reading.purge_passes);
  json.number("purge_madvises", reading.purge_calls);
  json.number("purged_pages", reading.purged_pages);
  json.number("minor_faults", reading.minor_faults);
  json.number("user_us", reading.user_cpu_us);
  json.number("system_us", reading.system_cpu_us);
  json.number("rss_kib", reading.rss_bytes / 1024);
  json.number("peak_rss_kib", reading.peak_rss_bytes / 1024);
  json.number("anonymous_kib", reading.anonymous_bytes / 1024);
}

}  // namespace

StatsFile::StatsFile(const config::Options& options, const logs::AccessLog& log) : options_(options), log_(log) {
  if (!options.stats_file.empty() && options.stats_interval.count() == 0)
    file_ = logs::LineFile("--stats-file", options.stats_file);
}

void StatsFile::write(const http::Counters& counters) {
  if (!file_.is_open()) return;
  const auto uptime = std::chrono::steady_clock::now() - start_;
  JsonObject json;
  json.text("router", options_.router_name());
  json.text("version", DUEL_VERSION);
  json.text("allocator", alloc::available() ? alloc::allocator_name() : "libc");
  json.number("threads", options_.server.threads);
  json.number("uptime_ms",
              static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count()));
  add_counters(json, counters, options_.count_allocations && alloc::available());
  json.number("access_log_dropped", log_.dropped());
  add_reclamation(json);
  file_.append(json.str() + "\n");
}

}  // namespace duel::servers::metrics
