#pragma once

#include <functional>
#include <vector>

#include "servers/admin/mux.h"
#include "servers/metrics/program_info.h"
#include "servers/metrics/prometheus_text.h"
#include "servers/metrics/sampler.h"

namespace duel::servers::admin {

// Writes families of another source to /metrics. It is called on the admin port's thread.
using MetricsSource = std::function<void(metrics::PrometheusText& out)>;

// Adds GET /metrics, /debug/vars, /debug/history and POST /debug/reset, which show the numbers of `sampler` since its
// last reset. The families of `more` come last in /metrics. `sampler` must outlive the server of `mux`.
void add_metrics(Mux& mux, metrics::Sampler& sampler, const metrics::ProgramInfo& program,
                 std::vector<MetricsSource> more = {});

}  // namespace duel::servers::admin
