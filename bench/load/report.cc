#include "bench/load/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "bench/load/hdr_text.h"
#include "http/grammar/json_text.h"

namespace duel::load {
namespace {

constexpr double kNsPerSecond = 1e9;

// Members of JSON objects, with indentation. The text grows in one direction only.
class JsonText {
 public:
  void open(std::string_view name, char bracket) {
    begin(name);
    text_ += bracket;
    first_ = true;
    ++depth_;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) line();
    text_ += bracket;
    first_ = false;
  }
  void text(std::string_view name, std::string_view value) {
    begin(name);
    quote(value);
  }
  template <typename Number>
  void number(std::string_view name, Number value) {
    begin(name);
    text_ += fmt::format("{}", value);
  }
  std::string take() { return std::move(text_) + "\n"; }

 private:
  void line() { text_.append("\n").append(2 * depth_, ' '); }
  void quote(std::string_view value) {
    http::grammar::write_json_text(value, http::grammar::JsonHtml::kKept,
                                   [this](std::string_view part) { text_ += part; });
  }
  void begin(std::string_view name) {
    if (!first_) text_ += ',';
    if (depth_ > 0) line();
    first_ = false;
    if (name.empty()) return;
    quote(name);
    text_ += ": ";
  }

  std::string text_;
  size_t depth_ = 0;
  bool first_ = true;
};

struct Quantile {
  std::string_view name;
  double part;
};
constexpr std::array<Quantile, 5> kQuantiles = {
    {{"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p99_9_ns", 0.999}, {"p99_99_ns", 0.9999}}};

std::string rate_text(int64_t milli) {
  return milli % 1000 == 0 ? fmt::format("{}", milli / 1000) : fmt::format("{}.{:03}", milli / 1000, milli % 1000);
}

void write_histogram(JsonText& json, std::string_view name, const Histogram& histogram) {
  json.open(name, '{');
  json.number("count", histogram.count());
  json.number("min_ns", histogram.min_ns());
  json.number("mean_ns", histogram.mean_ns());
  for (const Quantile& quantile : kQuantiles) json.number(quantile.name, histogram.quantile_ns(quantile.part));
  json.number("max_ns", histogram.max_ns());
  json.text("hdr", hdr_text(histogram));
  json.close('}');
}

void write_counts(JsonText& json, const Results& results) {
  json.number("requests", results.requests);
  json.number("sent_in_time", results.sent_in_time);
  json.number("answered", results.answered);
  json.number("bytes_received", results.bytes);
  json.open("statuses", '{');
  for (size_t status = 0; status < Results::kStatuses; ++status) {
    if (results.statuses[status] > 0) json.number(fmt::format("{}", status), results.statuses[status]);
  }
  json.close('}');
  json.open("errors", '{');
  for (size_t i = 0; i < kFailures; ++i) json.number(kFailureNames[i], results.failures[i]);
  json.number("status", results.bad_statuses());
  json.close('}');
}

// `rate` in thousandths; 0: closed loop, or a sum of steps.
void write_step(JsonText& json, std::string_view name, const Results& results, int64_t begin_ns, int64_t duration,
                int64_t rate_milli, bool open_loop) {
  const double duration_s = static_cast<double>(duration) / kNsPerSecond;
  json.open(name, '{');
  if (rate_milli > 0) json.number("rate", static_cast<double>(rate_milli) / 1000);
  json.number("start_s", static_cast<double>(begin_ns) / kNsPerSecond);
  json.number("duration_s", duration_s);
  json.number("achieved_rate", static_cast<double>(open_loop ? results.sent_in_time : results.answered) / duration_s);
  write_counts(json, results);
  if (open_loop) write_histogram(json, "latency_from_intended", results.from_intended);
  write_histogram(json, "latency_from_actual", results.from_actual);
  if (open_loop) write_histogram(json, "lateness", results.lateness);
  json.close('}');
}

Results total_of(const Options& options, const std::vector<Results>& results) {
  Results total;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!options.plan.steps[i].warmup) total.merge(results[i]);
  }
  return total;
}

void write_steps(JsonText& json, const Options& options, const std::vector<Results>& results) {
  json.open("steps", '[');
  int64_t begin_ns = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    const Step& step = options.plan.steps[i];
    if (!step.warmup) {
      write_step(json, "", results[i], begin_ns, step.duration_ns, step.rate_milli, options.plan.open_loop());
    }
    begin_ns += step.duration_ns;
  }
  json.close(']');
}

void write_settings(JsonText& json, const Options& options) {
  json.text("loop", options.plan.open_loop() ? "open" : "closed");
  json.text("authority", options.url.authority);
  json.number("connections", options.plan.connections);
  json.number("pipeline", options.plan.pipeline);
  json.number("requests_per_connection", options.plan.requests_per_connection);
  json.number("threads", options.threads);
  json.text("share", fmt::format("{}/{}", options.plan.share.index + 1, options.plan.share.count));
  json.number("timeout_ns", options.plan.timeout_ns);
  json.number("spin_ns", options.spin_ns);
  json.number("max_lateness_ns", options.max_lateness_ns);
  json.number("warmup_s", static_cast<double>(warmup_ns(options.plan.steps)) / kNsPerSecond);
  json.open("requests", '[');
  for (const RequestKind& kind : options.kinds) {
    json.open("", '{');
    json.number("weight", kind.weight);
    json.text("method", kind.method);
    json.text("path", kind.target);
    json.number("body_bytes", kind.body.size());
    json.number("chunk_bytes", kind.chunk_bytes);
    json.close('}');
  }
  json.close(']');
}

void write_cpu(JsonText& json, const CpuTime& cpu, uint64_t answered) {
  const double busy_s = cpu.user_s + cpu.system_s;
  json.open("cpu", '{');
  json.number("user_s", cpu.user_s);
  json.number("system_s", cpu.system_s);
  json.number("spin_s", cpu.spin_s);
  json.number("us_per_request", answered > 0 ? (busy_s - cpu.spin_s) * 1e6 / static_cast<double>(answered) : 0.0);
  json.number("preemptions", cpu.preemptions);
  json.close('}');
}

std::string microseconds(int64_t ns) {
  return fmt::format("{:.1f} us", static_cast<double>(ns) / 1000);
}

}  // namespace

std::vector<std::string> void_reasons(const Options& options, const std::vector<Results>& results) {
  std::vector<std::string> reasons;
  uint64_t answered = 0;
  uint64_t unsent = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    const Step& step = options.plan.steps[i];
    if (step.warmup) continue;
    answered += results[i].answered;
    unsent += results[i].failures[static_cast<size_t>(Failure::kUnsent)];
    const int64_t lateness_ns = results[i].lateness.quantile_ns(0.99);
    if (lateness_ns <= options.max_lateness_ns) continue;
    reasons.push_back(
        fmt::format("at {} requests/s the P99 of the generator's own lateness is {}, more than {}: give "
                    "duel-load a CPU of its own, or raise --max-lateness",
                    rate_text(step.rate_milli), microseconds(lateness_ns), microseconds(options.max_lateness_ns)));
  }
  if (unsent > 0) {
    reasons.push_back(
        fmt::format("{} requests found no free connection before the end, so their latency is unknown: lower "
                    "the rate, or raise --connections or --timeout",
                    unsent));
  }
  if (answered == 0) reasons.emplace_back("no request was answered: look at the errors");
  return reasons;
}

std::string report_text(const Options& options, const Outcome& outcome, const std::vector<std::string>& reasons) {
  const Results total = total_of(options, outcome.results);
  const int64_t warmup = warmup_ns(options.plan.steps);
  JsonText json;
  json.open("", '{');
  json.text("program", "duel-load " DUEL_VERSION);
  json.number("format", 1);
  json.number("valid", reasons.empty());
  json.open("void", '[');
  for (const std::string& reason : reasons) json.text("", reason);
  json.close(']');
  json.open("settings", '{');
  write_settings(json, options);
  json.close('}');
  json.number("start_unix_ns", outcome.start_unix_ns);
  write_steps(json, options, outcome.results);
  write_step(json, "total", total, warmup, duration_ns(options.plan.steps) - warmup, 0, options.plan.open_loop());
  write_cpu(json, outcome.cpu, total.answered);
  json.close('}');
  return json.take();
}

std::string summary_text(const Options& options, const Outcome& outcome, const std::vector<std::string>& reasons) {
  const Results total = total_of(options, outcome.results);
  const Histogram& latency = options.plan.open_loop() ? total.from_intended : total.from_actual;
  std::string text =
      fmt::format("{} answered, {} failed, {} with a status of 400 or more; latency P50 {}, P99 {}, maximum {}",
                  total.answered, total.failed(), total.bad_statuses(), microseconds(latency.quantile_ns(0.5)),
                  microseconds(latency.quantile_ns(0.99)), microseconds(latency.max_ns()));
  if (options.plan.open_loop()) text += "; own lateness P99 " + microseconds(total.lateness.quantile_ns(0.99));
  text += "\n";
  for (const std::string& reason : reasons) text += "void: " + reason + "\n";
  return text;
}

}  // namespace duel::load
