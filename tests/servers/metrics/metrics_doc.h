#pragma once

#include <string>

namespace duel::servers::metrics {

// The text of docs/metrics.md: an introduction and a row for each metric of metrics_table.h.
std::string metrics_doc();

}  // namespace duel::servers::metrics
