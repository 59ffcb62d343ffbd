#pragma once

// One file for each style registers all its benchmarks, named <set>/<style>/<lookup or request>/<order>. Both check
// every answer first and end the program if one is wrong.
namespace duel::bench {

void add_gin_benchmarks();
void add_beego_benchmarks();

}  // namespace duel::bench
