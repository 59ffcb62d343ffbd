#include "servers/metrics/stats_series.h"

#include <string_view>
#include <vector>

#include "alloc/counters.h"
#include "servers/metrics/stats_file.h"

namespace duel::servers::metrics {
namespace {

struct Column {
  std::string_view name;
  std::string value;
};

std::string fixed(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

// MB as in the article: 10^6 bytes.
std::string mb_per_minute(double bytes_per_s) {
  constexpr double kMb = 1e6;
  constexpr double kSeconds = 60;
  return fixed(bytes_per_s * kSeconds / kMb);
}

std::string ratio(double count, double of) {
  return of > 0 ? fixed(count / of) : "";
}

std::string join(const std::vector<Column>& columns, bool names) {
  std::string line;
  for (const Column& column : columns) {
    if (!line.empty()) line += ',';
    line += names ? column.name : column.value;
  }
  return line + "\n";
}

std::string number(uint64_t value) {
  return std::to_string(value);
}

void add_traffic(std::vector<Column>& columns, const http::Counters& total, bool calls_counted) {
  columns.push_back({"requests", number(total.requests)});
  columns.push_back({"responses_2xx", number(total.responses_2xx())});
  columns.push_back({"responses_3xx", number(total.responses_3xx)});
  columns.push_back({"responses_4xx", number(total.responses_4xx)});
  columns.push_back({"responses_5xx", number(total.responses_5xx)});
  columns.push_back({"connections", number(total.connections)});
  columns.push_back({"allocations", calls_counted ? number(total.allocations) : ""});
  columns.push_back({"allocated_bytes", number(total.allocated_bytes)});
}

void add_reclamation(std::vector<Column>& columns, const Snapshot& now) {
  const alloc::ThreadKernelCalls calls = now.all_kernel_calls();
  const alloc::CallTimes& purges = calls.of(alloc::KernelCall::kPurge);
  columns.push_back({"purge_passes", number(now.reclamation.purge_passes)});
  columns.push_back({"purge_calls", number(purges.calls)});
  columns.push_back({"purge_total_ns", number(purges.total_ns)});
  columns.push_back({"purge_longest_ns", number(purges.longest_ns)});
  columns.push_back({"purged_pages", number(now.reclamation.purged_pages)});
  columns.push_back({"lock_waits", number(now.lock_waits)});
  columns.push_back({"minor_faults", number(now.reclamation.minor_faults)});
}

void add_memory(std::vector<Column>& columns, const MemoryTrend& memory) {
  columns.push_back({"rss_bytes", number(memory.now.rss)});
  columns.push_back({"pss_bytes", number(memory.now.pss)});
  columns.push_back({"anonymous_bytes", number(memory.now.anonymous)});
  columns.push_back({"virtual_bytes", number(memory.now.virtual_size)});
  columns.push_back({"heap_allocated_bytes", number(alloc::read_heap().allocated)});
  columns.push_back({"rss_mb_per_min", mb_per_minute(memory.rss_bytes_per_s)});
  columns.push_back({"virtual_mb_per_min", mb_per_minute(memory.virtual_bytes_per_s)});
}

}  // namespace

StatsSeries::StatsSeries(const config::Options& options, Sampler& sampler)
    : sampler_(sampler),
      interval_(options.stats_interval),
      due_(std::chrono::steady_clock::now() + interval_),
      calls_counted_(options.count_allocations && alloc::available()) {
  if (interval_.count() > 0) file_ = logs::LineFile("--stats-file", options.stats_file);
}

void StatsSeries::write_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!file_.is_open() || now < due_) return;
  while (due_ <= now) due_ += interval_;  // no crowd of lines after a pause
  write();
}

void StatsSeries::write() {
  if (!file_.is_open()) return;
  const std::chrono::milliseconds uptime = sampler_.uptime();
  const Snapshot now = sampler_.since_start();
  const http::Counters total = now.total();
  const auto requests = static_cast<double>(total.requests - last_requests_);
  const auto faults = static_cast<double>(now.reclamation.minor_faults - last_faults_);
  std::vector<Column> columns = {{"timestamp_ms", std::to_string(unix_ms())},
                                 {"uptime_ms", std::to_string(uptime.count())}};
  add_traffic(columns, total, calls_counted_);
  add_reclamation(columns, now);
  add_memory(columns, sampler_.memory());
  columns.push_back({"longest_stall_ns", number(sampler_.longest_stall_ns())});
  columns.push_back({"cpu_user_us", number(now.reclamation.user_cpu_us)});
  columns.push_back({"cpu_system_us", number(now.reclamation.system_cpu_us)});
  constexpr double kMsPerSecond = 1e3;
  columns.push_back(
      {"requests_per_s", ratio(requests * kMsPerSecond, static_cast<double>((uptime - last_uptime_).count()))});
  columns.push_back({"minor_faults_per_request", ratio(faults, requests)});
  last_requests_ = total.requests;
  last_faults_ = now.reclamation.minor_faults;
  last_uptime_ = uptime;
  file_.append((file_.is_empty() ? join(columns, true) : "") + join(columns, false));
}

}  // namespace duel::servers::metrics
