// For the report.
#pragma once

#include <string>

#include "bench/load/histogram.h"

namespace duel::load {

// The histogram in the text form that the HdrHistogram libraries exchange: V2, compressed, in base64. It begins with
// "HIST". README.md describes every byte. Throws std::bad_alloc.
std::string hdr_text(const Histogram& histogram);

}  // namespace duel::load
