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

## The admin port

    xdg-open http://127.0.0.1:6060/        # live: requests/s, allocations, memory, purges, stalls
    curl http://127.0.0.1:6060/metrics     # for Prometheus

The admin port is a second, small server in the same process: one thread and one ring. The first line that the server
prints names its address. The default port is 6060; if it is in use, the admin port takes a free one. If
`--admin-port` names a port that is in use, the server does not start.

| path | answer |
|---|---|
| `/` | a page that plots the last five minutes; it loads nothing from elsewhere |
| `/healthz` | 200 while the process answers |
| `/readyz` | 200 while the server accepts requests, 503 before that and while it drains |
| `/metrics` | Prometheus text; counters per worker |
| `/debug/vars` | JSON; counters in total and per worker, averages per request |
| `/debug/history?since=UNIX_MS` | JSON; a list per metric with one value per second of the last 300 seconds |
| `/debug/routes` | JSON; requests and bytes per route, and suspected leaks |
| `/debug/pprof/` | a list of all paths; [profiles.md](profiles.md) describes the profiles |
| `POST /debug/reset` | sets the counters of `/metrics` and `/debug/vars` to 0 |

To Prometheus a reset looks like a restart, which `rate()` handles. A reset does not change levels, counters of routes and
the stats file.

Requests get 403 if their `Host` is neither an address nor `localhost`, or if a web page of another origin sent them
(`Sec-Fetch-Site`, or the `Origin` of a POST). So no web page can use the port through the browser of a visitor. Browsers
send `Sec-Fetch-Site` only to loopback and by https: with another `--admin-host`, a web page can start a profile, but it
cannot read the answer. There are no passwords. Keep the port on loopback, or behind a proxy that asks for one.

## The stats file

| flags | the server writes | counters start with |
|---|---|---|
| `--stats-file=FILE` | a line of JSON on each SIGUSR1, and one at the end | the process |
| `--stats-file=FILE --stats-interval=5s` | a line of CSV per interval, on each SIGUSR1, and one at the end | the process |

There is no garbage collector here, so no metric has that name. The article collects `num_gc` and `pause_total_ns`; the
closest numbers are `purge_calls` and `purge_total_ns`. A purge gives unused memory back to the kernel and stops only the
thread that does it.

## Names

A name in JSON and CSV contains its unit; a name without a unit is a number of things. `/metrics` always has seconds and
bytes. "vars" and "history" mean `/debug/vars` and `/debug/history`. In `/debug/vars`, the counters of workers are in
`total` and `workers`, sizes of memory in `memory`, and counters of pools in `pools`. `allocations` is null in JSON and
empty in CSV unless allocations are counted (`--count-allocations=on`).

To add a metric of the process: add a member to `alloc/snapshot.h`, add a row to `servers/metrics/metrics_table.cc`, and run
`tools/docs`. The last words of the row, such as `kVars`, choose the pages that show it. To add a metric of each worker: add a
counter to `http/core/worker_counters.h` and increment it, add a member to `Counters` in `http/server.h`, a line to `add()` in `http/core/server.cc`, and the
row.

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
