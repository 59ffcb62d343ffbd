#pragma once

#include <functional>
#include <vector>

#include "servers/admin/mux.h"
#include "servers/config/options.h"
#include "servers/metrics/prometheus_text.h"
#include "servers/metrics/sampler.h"

namespace duel::servers::admin {

// Adds families to /metrics; on the admin thread.
using MetricsSource = std::function<void(metrics::PrometheusText& out)>;

// GET /metrics, /debug/vars and /debug/history, POST /debug/reset: what `sampler` knows, since its last reset.
// `more` is written behind the rest of /metrics.
void add_metrics(Mux& mux, metrics::Sampler& sampler, const config::Options& options,
                 std::vector<MetricsSource> more = {});

}  // namespace duel::servers::admin
