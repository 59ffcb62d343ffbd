#pragma once

// For router_bench. Each style has one file that registers its benchmarks, named <set>/<style>/<lookup or
// request>/<order>. Both functions check every answer first, and end the program if one is wrong.
namespace duel::bench {

void add_gin_benchmarks();
void add_beego_benchmarks();

}  // namespace duel::bench
