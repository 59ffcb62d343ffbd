#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/micro/measure.h"
#include "bench/micro/sets.h"
#include "http/exchange.h"

namespace duel::bench {

// The status and the body in the bytes of a response with a Content-Length. Empty if missing.
std::string_view status_of(std::string_view response);
std::string_view body_of(std::string_view response);

// The requests of a set as bytes, and the handler that answers them.
struct Requests {
  Requests(std::unique_ptr<http::Handler> answering, std::span<const Case> cases);

  std::string_view answer(size_t i) { return exchange.answer(bytes[i]); }

  std::unique_ptr<http::Handler> handler;
  http::Exchange exchange;
  std::vector<std::string> bytes;
};

// Checks the answers and registers `name`/seq and `name`/random for whole requests. A case without a route must get
// 404; any other must get 200 and the body expected(case).
template <class Expected>
void add_request_benchmark(const std::string& name, std::unique_ptr<http::Handler> handler, std::span<const Case> cases,
                           const Expected& expected) {
  // Shared, because Google Benchmark copies the function. It is freed at the end of the program.
  const auto requests = std::make_shared<Requests>(std::move(handler), cases);
  for (size_t i = 0; i < cases.size(); ++i) {
    const std::string_view response = requests->answer(i);
    const bool routed = !cases[i].pattern.empty();
    if (status_of(response) != (routed ? "200" : "404")) fail(name, cases[i].path, routed ? "200" : "404", response);
    if (routed && body_of(response) != expected(cases[i])) fail(name, cases[i].path, expected(cases[i]), response);
  }
  add_benchmark(name, cases.size(), [requests](size_t i) { benchmark::DoNotOptimize(requests->answer(i).data()); });
}

}  // namespace duel::bench
