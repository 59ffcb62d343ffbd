#pragma once

#include <memory>
#include <string>

#include "servers/admin_mux.h"
#include "servers/exposition.h"
#include "servers/leak_items.h"
#include "servers/leak_watch.h"

namespace duel::servers {

// What each route allocated and freed since the start, as JSON: sums, then the same by thread; bytes in use by the
// whole process; what the scenario's items keep (`items` may be null). `calls_counted` says whether calls are known.
std::string describe_routes(const LeakWatch& watch, const Items* items, bool calls_counted);

// Families of /metrics with a label for the route: requests, bytes, live bytes, their slope, whether that is a leak.
void write_route_metrics(Exposition& out, const LeakWatch& watch);

// GET /debug/routes. `watch` outlives the server of `mux`.
void add_routes(AdminMux& mux, const LeakWatch& watch, std::shared_ptr<const Items> items, bool calls_counted);

}  // namespace duel::servers
