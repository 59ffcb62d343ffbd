#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "router/gin/engine.h"
#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {

// The body of the only handler of the probe's application. Set before each exchange.
inline std::function<void(Context&)> probe_body;

inline void run_probe(Context& c) {
  probe_body(c);
}

constexpr auto kProbe = router(any("/probe", run_probe), any("/probe/:id/*rest", run_probe));

// Runs `body` as the handler of one request. A target that begins with '?' is a query for /probe.
inline Answer probe(std::string_view method, std::string_view target, const std::vector<FieldText>& fields,
                    std::string_view request_body, std::function<void(Context&)> body) {
  probe_body = std::move(body);
  Engine<kProbe> engine;
  const std::string whole = target.starts_with('?') ? "/probe" + std::string(target) : std::string(target);
  return exchange(engine, method, whole, fields, request_body);
}

inline Answer probe(std::string_view target, std::function<void(Context&)> body) {
  return probe("GET", target, {}, {}, std::move(body));
}

}  // namespace duel::gin::testing
