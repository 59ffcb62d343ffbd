#include <cstdint>
#include <cstdio>
#include <iostream>

#include "bench/load/hdr_text.h"
#include "bench/load/histogram.h"

// Records the lines `DURATION COUNT` of standard input and prints the histogram, then its quantiles.
int main() {
  duel::load::Histogram histogram;
  int64_t ns = 0;
  uint64_t times = 0;
  while (std::cin >> ns >> times) histogram.record(ns, times);
  std::printf("%s\n", hdr_text(histogram).c_str());
  for (const double part : {0.5, 0.9, 0.99, 0.999, 1.0}) {
    std::printf("%lld\n", static_cast<long long>(histogram.quantile_ns(part)));
  }
}
