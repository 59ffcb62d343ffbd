#include "tests/servers/metrics/metrics_doc.h"

#include <string_view>
#include <utility>

#include "servers/metrics/metrics_table.h"

namespace duel::servers::metrics {
namespace {

constexpr std::string_view kIntroduction = R"(# Metrics

<!-- Made from servers/metrics/metrics_table.cc by tools/docs. Do not edit. -->

The server counts requests, bytes, allocations and the work of its event loops in every run. Each worker counts alone,
and readers take the values with relaxed loads, so that counting and reading cost a request nothing.

| page | format | counters start with |
|---|---|---|
| `/` on the admin port | a page that plots the last five minutes | |
| `/metrics` on the admin port | Prometheus text, per worker | the process, or the last `POST /debug/reset` |
| `/debug/vars` on the admin port | JSON, in total and per worker | the process, or the last `POST /debug/reset` |
| `/debug/history?since=UNIX_MS` on the admin port | JSON, one list per metric, one value per second for the last 300 seconds | the second before |
| `--stats-file=FILE` | one line of JSON on SIGUSR1 and one at the end | the process |
| `--stats-file=FILE --stats-interval=5s` | a line of CSV per interval, one on SIGUSR1 and one at the end | the process |

To Prometheus a reset looks like a restart: `rate()` handles it. Levels, counters of routes and the stats file do not
change at a reset. `/debug/routes` shows the counters of routes as JSON, per worker.

There is no garbage collector here, so no metric has that name. The article collects `num_gc` and `pause_total_ns`; the
closest numbers are `purge_calls` and `purge_total_ns`. A purge gives unused memory back to the kernel and stops only the
thread that does it. See "Allocator pressure" and "Reclamation work" in the tables of `bench/compare`.

To add a metric: add a member to the structure that counts it (`http::Counters`, `alloc::Snapshot`), add a row to
`servers/metrics/metrics_table.cc`, and run `tools/docs`. All pages and this file then have it.

## Names

A name in JSON and CSV contains its unit; a name without a unit is a number of things. `/metrics` always has seconds and
bytes. "vars" and "history" mean `/debug/vars` and `/debug/history`. In `/debug/vars`, the counters of workers are in
`total` and `workers`, sizes of memory in `memory`, and counters of pools in `pools`. `allocations` is null in JSON and
empty in CSV unless allocations are counted (`--count-allocations=on`).

| JSON and CSV | /metrics | kind | other pages | meaning |
|---|---|---|---|---|
)";

std::string code(std::string_view name) {
  return name.empty() ? std::string() : "`" + std::string(name) + "`";
}

std::string family(const Metric& metric) {
  if (metric.label.empty()) return code(metric.family);
  return code(std::string(metric.family) + "{" + std::string(metric.label) + "}");
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kLevel:
      return "level";
    case Kind::kHistogram:
      return "histogram";
  }
  return {};
}

std::string page_names(const Metric& metric) {
  std::string names;
  for (const auto& [page, name] : {std::pair(kVars, "vars"), std::pair(kHistory, "history"),
                                   std::pair(kStatsFile, "stats file"), std::pair(kSeries, "CSV")}) {
    if ((metric.pages & page) == 0) continue;
    names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

}  // namespace

std::string metrics_doc() {
  std::string text(kIntroduction);
  for (const Metric& metric : metrics_table()) {
    text.append("| ").append(code(metric.key)).append(" | ").append(family(metric));
    text.append(" | ").append(kind_name(metric.kind)).append(" | ").append(page_names(metric));
    text.append(" | ").append(metric.help).append(" |\n");
  }
  return text;
}

}  // namespace duel::servers::metrics
