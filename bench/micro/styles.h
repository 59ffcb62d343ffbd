#pragma once

// For router_bench. Each style has one file that registers its benchmarks, named <set>/<style>/<lookup or
// request>/<order>. All functions check every answer first, and end the program if one is wrong.
namespace duel::bench {

void add_gin_benchmarks();
void add_beego_benchmarks();
void add_echo_benchmarks();
void add_nethttp_benchmarks();  // nethttp121 and nethttp122: one style per mux

}  // namespace duel::bench
