#pragma once

#include <string_view>

namespace duel::servers::logs {

// Reports an error of the server, such as a full disk, on standard error. Any thread. Writes at most one line per
// second, so that one full disk does not fill another; each line tells how many lines were left out before it. A line
// is also left out if standard error is a full pipe.
void log_failure(std::string_view sentence);

}  // namespace duel::servers::logs
