#include <benchmark/benchmark.h>

#include "bench/micro/environment.h"
#include "bench/micro/styles.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  duel::bench::describe_environment();
  duel::bench::add_gin_benchmarks();
  duel::bench::add_beego_benchmarks();
  duel::bench::add_echo_benchmarks();
  duel::bench::add_nethttp_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
