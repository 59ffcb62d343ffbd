// For the program.
#pragma once

#include <string>
#include <vector>

#include "bench/load/options.h"
#include "bench/load/run.h"

namespace duel::load {

// Why the latencies must not be used, one sentence each; empty if they may.
std::vector<std::string> void_reasons(const Options& options, const std::vector<Results>& results);

// The JSON that README.md describes, with a line end. `reasons`: of void_reasons().
std::string report_text(const Options& options, const Outcome& outcome, const std::vector<std::string>& reasons);

// A few lines for people.
std::string summary_text(const Options& options, const Outcome& outcome, const std::vector<std::string>& reasons);

}  // namespace duel::load
