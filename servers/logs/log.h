#pragma once

#include <string_view>

namespace duel::servers::logs {

// A line on standard error about a request that failed through no fault of its own; any thread. At most one a second,
// which says how many were left out since the one before: a broken disk must not fill another with its log.
void log_failure(std::string_view what);

}  // namespace duel::servers::logs
