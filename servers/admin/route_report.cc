#include "servers/admin/route_report.h"

#include <array>
#include <cmath>
#include <string>
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

using metrics::JsonObject;

// A count of calls of the allocator: null if this build does not count them.
std::string calls(uint64_t count, bool counted) {
  return counted ? std::to_string(count) : "null";
}

// Adds an element to the text of a JSON list, without its brackets.
void append_element(std::string& list, std::string_view element, std::string_view separator = ",") {
  if (!list.empty()) list += separator;
  list += element;
}

JsonObject& add_costs(JsonObject& json, const alloc::Costs& costs, bool counted) {
  return json.number("requests", costs.entries)
      .raw("allocations", calls(costs.allocations, counted))
      .raw("frees", calls(costs.frees, counted))
      .number("allocated_bytes", costs.bytes)
      .number("freed_bytes", costs.freed_bytes);
}

std::string threads_json(alloc::AccountId account, bool counted) {
  std::string list;
  alloc::for_each_books([&](const alloc::Books& books) {
    const alloc::Costs costs = books.costs(account);
    if (costs == alloc::Costs{}) return;
    JsonObject thread;
    append_element(list, add_costs(thread.text("thread", books.name()), costs, counted).str());
  });
  return "[" + list + "]";
}

std::string phases_json(bool counted) {
  if (!alloc::phases_accounted()) return "null";
  const std::array<alloc::PhaseCosts, alloc::kPhases> costs = alloc::phase_costs();
  JsonObject phases;
  for (size_t i = 0; i < costs.size(); ++i) {
    phases.object(alloc::kPhaseNames[i], JsonObject()
                                             .number("entries", costs[i].entries)
                                             .number("ns", costs[i].ns)
                                             .raw("allocations", calls(costs[i].allocations, counted))
                                             .number("allocated_bytes", costs[i].bytes));
  }
  return phases.str();
}

std::string route_json(const leaks::LeakWatch::Route& route, bool counted) {
  JsonObject json;
  add_costs(json.text("route", route.name), route.costs, counted)
      .raw("live_bytes", std::to_string(route.costs.live_bytes()))
      .raw("live_bytes_per_min", std::to_string(std::llround(route.live_bytes_per_min)))
      .boolean("leak_suspected", route.suspected)
      .raw("threads", threads_json(route.account, counted));
  return json.str();
}

// Every name of a route, also of routes without requests.
std::string patterns_json() {
  std::string list;
  for (size_t i = 0; i < alloc::account_count(); ++i) {
    append_element(list, metrics::json_text(alloc::account_name(static_cast<alloc::AccountId>(i))));
  }
  return "[" + list + "]";
}

}  // namespace

std::string describe_routes(const leaks::LeakWatch& watch, const KeptCounts& kept, bool calls_counted) {
  std::string routes;
  for (const leaks::LeakWatch::Route& route : watch.routes()) {
    append_element(routes, route_json(route, calls_counted), ",\n ");
  }
  JsonObject json;
  json.number("heap_allocated_bytes", alloc::read_heap_allocated_bytes())
      .number("items", kept.items)
      .number("background_tasks", kept.background_tasks)
      .raw("phases", phases_json(calls_counted))
      .raw("routes", "[" + routes + "]")
      .raw("patterns", patterns_json());
  return json.str() + "\n";
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
