#pragma once

#include <functional>
#include <vector>

#include "servers/admin_mux.h"
#include "servers/exposition.h"
#include "servers/options.h"
#include "servers/sampler.h"

namespace duel::servers {

// Adds families to /metrics; on the admin thread.
using MetricsSource = std::function<void(Exposition& out)>;

// GET /metrics, /debug/vars and /debug/history, POST /debug/reset: what `sampler` knows, since its last reset.
// `more` is written behind the rest of /metrics.
void add_metrics(AdminMux& mux, Sampler& sampler, const Options& options, std::vector<MetricsSource> more = {});

}  // namespace duel::servers
