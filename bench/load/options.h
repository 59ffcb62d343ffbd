// For the program.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/generator.h"
#include "bench/load/request_mix.h"
#include "bench/load/values.h"

namespace duel::load {

enum class Progress : uint8_t { kAuto, kOn, kOff };  // kAuto: if standard error is a terminal

// Everything that the command line says. options.cc has the table of options, from which the help is made.
struct Options {
  Url url;
  std::vector<RequestKind> kinds;  // not empty
  std::string trace_prefix;        // empty: no X-Trace-ID
  Plan plan;                       // of the whole program; the threads divide its connections and its share
  uint32_t threads = 1;
  int64_t start_at_unix_ns = 0;  // 0: as soon as the connections are open
  int64_t spin_ns = 0;
  int64_t max_lateness_ns = 0;
  std::string output;  // empty: standard output
  Progress progress = Progress::kAuto;
};

// Exactly one of `error`, `text` and `options` is meant: `error` is a sentence about a wrong command line; `text` is
// the help or the version.
struct ParsedOptions {
  Options options = {};
  std::string error = {};
  std::string text = {};
};

// Checks everything that can be known before the start: forms, ranges, combinations, files of bodies, the limit of open
// files, the folder of --output.
ParsedOptions parse_options(const std::vector<std::string_view>& arguments);

}  // namespace duel::load
