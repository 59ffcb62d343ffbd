#include "servers/metrics/stats_series.h"

#include <cstdio>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {
namespace {

std::string fixed(double value) {
  char text[48];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

// MB are 10^6 bytes, as in the article.
std::string mb_per_minute(double bytes_per_s) {
  constexpr double kMb = 1e6;
  constexpr double kSeconds = 60;
  return fixed(bytes_per_s * kSeconds / kMb);
}

std::string ratio(double count, double of) {
  return of > 0 ? fixed(count / of) : "";
}

void append_cell(std::string& line, std::string_view cell) {
  if (!line.empty()) line += ',';
  line += cell;
}

}  // namespace

StatsSeries::StatsSeries(const std::string& file, std::chrono::milliseconds interval, const ProgramInfo& program,
                         Sampler& sampler)
    : sampler_(sampler),
      interval_(interval),
      due_(std::chrono::steady_clock::now() + interval),
      calls_counted_(program.calls_counted()) {
  if (!file.empty()) file_ = logs::LineFile("--stats-file", file);
}

void StatsSeries::write_due() {
  const auto now = std::chrono::steady_clock::now();
  if (!file_.is_open() || now < due_) return;
  while (due_ <= now) due_ += interval_;  // a pause of several intervals gives one line
  write();
}

void StatsSeries::write() {
  if (!file_.is_open()) return;
  const Snapshot now = sampler_.since_start();
  const uint64_t total_requests = std::get<uint64_t>(value_of(metric_of_key("requests"), now));
  const auto requests = static_cast<double>(total_requests - last_requests_);
  const auto faults = static_cast<double>(now.process.minor_faults - last_faults_);
  const auto seconds = static_cast<double>(now.uptime_ms - last_uptime_ms_) / 1e3;
  const std::map<std::string_view, std::string> computed = {
      {"timestamp_ms", std::to_string(unix_ms())},
      {"rss_mb_per_min", mb_per_minute(now.memory.rss_bytes_per_s)},
      {"virtual_mb_per_min", mb_per_minute(now.memory.virtual_bytes_per_s)},
      {"requests_per_s", ratio(requests, seconds)},
      {"minor_faults_per_request", ratio(faults, requests)}};
  last_requests_ = total_requests;
  last_faults_ = now.process.minor_faults;
  last_uptime_ms_ = now.uptime_ms;
  std::string names;
  std::string values;
  for (const Metric& metric : metrics_table()) {
    if ((metric.pages & kSeries) == 0) continue;
    append_cell(names, metric.key);
    if (std::holds_alternative<Computed>(metric.source)) {
      append_cell(values, computed.at(metric.key));
    } else if (!metric.is_known(calls_counted_)) {
      append_cell(values, "");
    } else {
      append_cell(values, text_of(value_of(metric, now)));
    }
  }
  file_.append((file_.is_empty() ? names + "\n" : "") + values + "\n");
}

}  // namespace duel::servers::metrics
