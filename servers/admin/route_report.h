#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "servers/admin/mux.h"
#include "servers/leaks/leak_watch.h"
#include "servers/metrics/prometheus_text.h"

namespace duel::servers::admin {

// How much an application keeps between requests, by its own count.
struct KeptCounts {
  size_t items = 0;
  size_t background_tasks = 0;
};

// JSON: allocations and frees of each route since the start, in total and per thread; the bytes in use by the process;
// the costs of phases; KeptCounts. `calls_counted`: whether numbers of calls are known; if not, they are null.
std::string describe_routes(const leaks::LeakWatch& watch, const KeptCounts& kept, bool calls_counted);

// Writes the families duel_route_... of /metrics, with a label for the route.
void write_route_metrics(metrics::PrometheusText& out, const leaks::LeakWatch& watch);

// Adds GET /debug/routes. `watch` must outlive the server of `mux`. Each request calls `read_kept` once, on the admin
// port's thread.
void add_routes(Mux& mux, const leaks::LeakWatch& watch, std::function<KeptCounts()> read_kept, bool calls_counted);

}  // namespace duel::servers::admin
