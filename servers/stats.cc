#include "servers/stats.h"

#include <cerrno>
#include <cstring>

#include "alloc/counters.h"
#include "alloc/reclamation.h"

namespace duel::servers {
namespace {

void number(std::string& json, const char* name, uint64_t value) {
  json += ",\"";
  json += name;
  json += "\":" + std::to_string(value);
}

void text(std::string& json, const char* name, const std::string& value) {
  json += (json.size() > 1 ? ",\"" : "\"");
  json += name;
  json += "\":\"" + value + "\"";
}

void add_counters(std::string& json, const http::Counters& counters, bool calls_counted) {
  number(json, "requests", counters.requests);
  number(json, "connections", counters.connections);
  number(json, "responses_4xx", counters.responses_4xx);
  number(json, "responses_5xx", counters.responses_5xx);
  number(json, "bytes_received", counters.bytes_received);
  number(json, "bytes_sent", counters.bytes_sent);
  number(json, "ring_enters", counters.ring_enters);
  number(json, "no_buffers", counters.no_buffers);
  if (calls_counted) {
    number(json, "allocations", counters.allocations);
  } else {
    json += ",\"allocations\":null";
  }
  number(json, "allocated_bytes", counters.allocated_bytes);
}

void add_reclamation(std::string& json) {
  const alloc::Reclamation reading = alloc::read_reclamation();
  number(json, "purges", reading.purge_passes);
  number(json, "purge_madvises", reading.purge_calls);
  number(json, "purged_pages", reading.purged_pages);
  number(json, "minor_faults", reading.minor_faults);
  number(json, "user_us", reading.user_cpu_us);
  number(json, "system_us", reading.system_cpu_us);
  number(json, "rss_kib", reading.rss_bytes / 1024);
  number(json, "peak_rss_kib", reading.peak_rss_bytes / 1024);
  number(json, "anonymous_kib", reading.anonymous_bytes / 1024);
}

}  // namespace

StatsFile::StatsFile(const Options& options, const AccessLog& log) : options_(options), log_(log) {
  if (options.stats_file.empty()) return;
  file_ = std::fopen(options.stats_file.c_str(), "ae");
  if (file_ == nullptr) {
    throw http::StartError("--stats-file " + options.stats_file + " cannot be written: " + std::strerror(errno) +
                           "; give a file in a folder that is there and writable");
  }
}

StatsFile::~StatsFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void StatsFile::write(const http::Counters& counters) {
  if (file_ == nullptr) return;
  const auto uptime = std::chrono::steady_clock::now() - start_;
  std::string json = "{";
  text(json, "router", options_.router_name());
  text(json, "version", DUEL_VERSION);
  text(json, "allocator", alloc::available() ? alloc::allocator_name() : "libc");
  number(json, "threads", options_.server.threads);
  number(json, "uptime_ms",
         static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(uptime).count()));
  add_counters(json, counters, options_.count_allocations && alloc::available());
  number(json, "access_log_dropped", log_.dropped());
  add_reclamation(json);
  json += "}\n";
  std::fputs(json.c_str(), file_);
  std::fflush(file_);
}

}  // namespace duel::servers
