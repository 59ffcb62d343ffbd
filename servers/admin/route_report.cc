#include "servers/admin/route_report.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "alloc/accounts.h"
#include "alloc/phases.h"
#include "alloc/snapshot.h"
#include "servers/metrics/json_object.h"
#include "servers/metrics/metrics_table.h"

namespace duel::servers::admin {
namespace {

std::string calls(uint64_t count, bool counted) {
  return counted ? std::to_string(count) : "null";
}

std::string costs_json(const alloc::Costs& costs, bool counted) {
  return fmt::format(R"("requests":{},"allocations":{},"frees":{},"allocated_bytes":{},"freed_bytes":{})",
                     costs.entries, calls(costs.allocations, counted), calls(costs.frees, counted), costs.bytes,
                     costs.freed_bytes);
}

std::string threads_json(alloc::AccountId account, bool counted) {
  std::string list;
  alloc::for_each_books([&](const alloc::Books& books) {
    const alloc::Costs costs = books.costs(account);
    if (costs == alloc::Costs{}) return;
    list += fmt::format(R"({}{{"thread":{},{}}})", list.empty() ? "" : ",", metrics::json_text(books.name()),
                        costs_json(costs, counted));
  });
  return list;
}

std::string phases_json(bool counted) {
  if (!alloc::phases_accounted()) return "null";
  const std::array<alloc::PhaseCosts, alloc::kPhases> costs = alloc::phase_costs();
  std::string json;
  for (size_t i = 0; i < costs.size(); ++i) {
    json += fmt::format(R"({}"{}":{{"entries":{},"ns":{},"allocations":{},"allocated_bytes":{}}})", i == 0 ? "" : ",",
                        alloc::kPhaseNames[i], costs[i].entries, costs[i].ns, calls(costs[i].allocations, counted),
                        costs[i].bytes);
  }
  return "{" + json + "}";
}

// Every name of a route, also of routes without requests.
std::string patterns_json() {
  std::string list;
  for (size_t i = 0; i < alloc::account_count(); ++i) {
    list += list.empty() ? "" : ",";
    list += metrics::json_text(alloc::account_name(static_cast<alloc::AccountId>(i)));
  }
  return "[" + list + "]";
}

}  // namespace

std::string describe_routes(const leaks::LeakWatch& watch, const KeptCounts& kept, bool calls_counted) {
  std::string routes;
  for (const leaks::LeakWatch::Route& route : watch.routes()) {
    routes += fmt::format(
        R"({}{{"route":{},{},"live_bytes":{},"live_bytes_per_min":{:.0f},"leak_suspected":{},"threads":[{}]}})",
        routes.empty() ? "" : ",\n ", metrics::json_text(route.name), costs_json(route.costs, calls_counted),
        route.costs.live_bytes(), route.live_bytes_per_min, route.suspected,
        threads_json(route.account, calls_counted));
  }
  return fmt::format(
      "{{\"heap_allocated_bytes\":{},\"items\":{},\"background_tasks\":{},\n\"phases\":{},\n\"routes\":[{}],"
      "\n\"patterns\":{}}}\n",
      alloc::read_heap_allocated_bytes(), kept.items, kept.background_tasks, phases_json(calls_counted), routes,
      patterns_json());
}

void write_route_metrics(metrics::PrometheusText& out, const leaks::LeakWatch& watch) {
  using Route = leaks::LeakWatch::Route;
  const std::vector<Route> routes = watch.routes();
  const auto write = [&](std::string_view family, auto value) {
    out.begin(metrics::metric_of_family(family));
    for (const Route& route : routes) out.sample(value(route), metrics::label("route", route.name));
  };
  write("duel_route_requests_total", [](const Route& route) { return route.costs.entries; });
  write("duel_route_allocated_bytes_total", [](const Route& route) { return route.costs.bytes; });
  write("duel_route_freed_bytes_total", [](const Route& route) { return route.costs.freed_bytes; });
  write("duel_route_live_bytes", [](const Route& route) { return static_cast<double>(route.costs.live_bytes()); });
  write("duel_route_live_growth_bytes_per_second", [](const Route& route) { return route.live_bytes_per_min / 60; });
  write("duel_route_leak_suspected", [](const Route& route) { return uint64_t{route.suspected}; });
}

void add_routes(Mux& mux, const leaks::LeakWatch& watch, std::function<KeptCounts()> read_kept, bool calls_counted) {
  mux.add(http::Method::kGet, "/debug/routes", "requests, allocations and frees per route, and suspected leaks",
          [&watch, read_kept = std::move(read_kept), calls_counted](const http::Request&, http::Response& response) {
            answer_with(response, "application/json", describe_routes(watch, read_kept(), calls_counted));
          });
}

}  // namespace duel::servers::admin
