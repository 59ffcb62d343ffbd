#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "servers/admin/mux.h"
#include "servers/leaks/leak_watch.h"
#include "servers/metrics/prometheus_text.h"

namespace duel::servers::admin {

// What an application keeps beyond its requests, by its own count.
struct KeptCounts {
  size_t items = 0;
  size_t background_tasks = 0;
};

// What each route allocated and freed since the start, as JSON: sums, then the same per thread; bytes in use by the
// whole process; what the application keeps. `calls_counted` says whether calls are known.
std::string describe_routes(const leaks::LeakWatch& watch, const KeptCounts& kept, bool calls_counted);

// Families of /metrics with a label for the route: requests, bytes, live bytes, their slope, whether that is a leak.
void write_route_metrics(metrics::PrometheusText& out, const leaks::LeakWatch& watch);

// GET /debug/routes. `watch` must outlive the server of `mux`. `read_kept` is called once per request of the page, on
// the admin port's thread.
void add_routes(Mux& mux, const leaks::LeakWatch& watch, std::function<KeptCounts()> read_kept, bool calls_counted);

}  // namespace duel::servers::admin
